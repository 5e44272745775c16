using System.Text;
using WgFleet.Config;
using WgFleet.Hooks.Templates;
using WgFleet.Linux;

namespace WgFleet.Hooks.Projections.Templates;

/// <summary>Keeps the files of one template up to date with the fleets. Created from an entry of hooks.list.</summary>
internal sealed class TemplateProjection : IPreview
{
    /// <summary>The default of min_interval.</summary>
    public static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(1);

    private readonly HookConfig _hook;
    private readonly TemplateConfig _config;
    private readonly TemplateSource _source;
    private readonly AfterWrite? _afterWrite;

    public TemplateProjection(HookConfig hook)
    {
        _hook = hook;
        _config = hook.Kind as TemplateConfig ?? throw new ArgumentException("the entry has no template", nameof(hook));
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
                // A file that cannot be written does not prevent writing the others.
                failures.Add(e.Message);
            }
        }

        if (_afterWrite is not null)
            await _afterWrite.SettleAsync([.. files.Select(f => f.Path)], cancellationToken);

        if (failures.Count > 0)
            throw new IOException(string.Join("; ", failures));
    }

    /// <summary>Writes the files and sends no signal.</summary>
    public ValueTask PreviewAsync(FleetState state, ProjectionContext context, CancellationToken cancellationToken)
    {
        foreach (var file in Render(state))
            context.Files.Replace(file.Path, file.Content.Span, _config.Mode);

        return ValueTask.CompletedTask;
    }

    /// <summary>What the files should hold now. Reads the template and, for its serial, the files; writes nothing.</summary>
    /// <exception cref="TemplateException">The template cannot be read or compiled, or uses a name that does not exist.</exception>
    public IReadOnlyList<RenderedFile> Render(FleetState state)
    {
        var template = _source.Load();
        var model = new TemplateModel(state, _hook);
        return _config.IsPerFleet
            ? [.. model.Fleets.Select(fleet => Rendered(_config.PathOf(fleet), model.Of(fleet)))]
            : [Rendered(_config.Path, model.OfAll())];

        RenderedFile Rendered(string path, IReadOnlyDictionary<string, object?> values) =>
            new(path, Encoding.UTF8.GetBytes(Serial.Settle(template.Render(values), () => Existing(path), state.Sequence)));
    }

    private void Write(RenderedFile file, IFileReplacer files)
    {
        // Recorded before the file changes, so that after a crash in between the signal is sent once too often rather than never.
        var changes = _afterWrite is not null && !(Interop.IsRegularFile(file.Path) && FileReplacer.Holds(file.Path, file.Content.Span));
        if (changes)
            AfterWrite.Owe(file.Path);

        files.Replace(file.Path, file.Content.Span, _config.Mode);
        if (changes)
            AfterWrite.Changed(file.Path);
    }

    // A file that cannot be read counts as missing: replacing it says why.
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

/// <summary>A file with the content that a template gives it.</summary>
internal sealed record RenderedFile(string Path, ReadOnlyMemory<byte> Content);
