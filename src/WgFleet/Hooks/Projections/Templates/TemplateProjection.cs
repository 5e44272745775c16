using System.Text;
using WgFleet.Config;
using WgFleet.Linux;

namespace WgFleet.Hooks.Projections.Templates;

/// <summary>Keeps the files of one template in step with the fleets. Made from an entry of hooks.list, not found by an attribute.</summary>
internal sealed class TemplateProjection : IProjection
{
    /// <summary>What holds where the entry says nothing.</summary>
    public static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(1);

    private const string FleetPlaceholder = "{fleet}";

    private readonly HookConfig _hook;
    private readonly TemplateConfig _config;
    private readonly TemplateSource _source;
    private readonly AfterWrite? _afterWrite;

    public TemplateProjection(HookConfig hook)
    {
        _hook = hook;
        _config = hook.Template ?? throw new ArgumentException("the entry has no template", nameof(hook));
        _source = new TemplateSource(_config.File);
        _afterWrite = _config.AfterWrite is { } afterWrite ? new AfterWrite(afterWrite) : null;
    }

    /// <inheritdoc/>
    public async ValueTask ProjectAsync(FleetState state, ProjectionContext context, CancellationToken cancellationToken)
    {
        var files = Render(state);
        var failures = new List<string>();
        foreach (var file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                Write(file, context.Files);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // One fleet's full disk or missing folder is not the other's.
                failures.Add(e.Message);
            }
        }

        if (_afterWrite is not null)
            await _afterWrite.SettleAsync([.. files.Select(f => f.Path)], cancellationToken);

        if (failures.Count > 0)
            throw new IOException(string.Join("; ", failures));
    }

    /// <summary>What the files should hold now. Reads the template and, for its serial, the files; writes nothing.</summary>
    /// <exception cref="TemplateException">The template cannot be read, is no template, or asks for what there is not.</exception>
    public IReadOnlyList<RenderedFile> Render(FleetState state)
    {
        var template = _source.Load();
        var model = new TemplateModel(state, _hook);
        return _config.Path.Contains(FleetPlaceholder, StringComparison.Ordinal)
            ? [.. model.Fleets.Select(fleet => Rendered(_config.Path.Replace(FleetPlaceholder, fleet, StringComparison.Ordinal), model.Of(fleet)))]
            : [Rendered(_config.Path, model.OfAll())];

        RenderedFile Rendered(string path, IReadOnlyDictionary<string, object?> values) =>
            new(path, Encoding.UTF8.GetBytes(Serial.Settle(template.Render(values), () => Existing(path), state.Sequence)));
    }

    private void Write(RenderedFile file, IFileReplacer files)
    {
        // Noted before the file changes: whatever happens in between, the signal is sent once too often rather than never.
        var changes = _afterWrite is not null && !(Interop.IsRegularFile(file.Path) && FileReplacer.Holds(file.Path, file.Content.Span));
        if (changes)
            AfterWrite.Owe(file.Path);

        files.Replace(file.Path, file.Content.Span, _config.Mode);
        if (changes)
            AfterWrite.Changed(file.Path);
    }

    // What cannot be read is as good as not there: replacing it tells why.
    private static string? Existing(string path)
    {
        try
        {
            return Interop.IsRegularFile(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>A file as a template says it should be.</summary>
internal sealed record RenderedFile(string Path, ReadOnlyMemory<byte> Content);
