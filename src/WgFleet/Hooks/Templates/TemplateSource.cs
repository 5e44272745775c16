using WgFleet.Config;
using WgFleet.Linux;

namespace WgFleet.Hooks.Templates;

/// <summary>
/// Loads a template that is shipped with the server, or one from a file. A file is read at every run, and compiled again when
/// it has changed.
/// </summary>
internal sealed class TemplateSource(string file)
{
    /// <summary>Templates of files.</summary>
    public const string Files = "Templates";

    /// <summary>Templates of the bodies of webhooks.</summary>
    public const string Bodies = "Bodies";

    private Template? _template;

    /// <summary>Returns the compiled template. Reads the file and blocks meanwhile.</summary>
    /// <exception cref="TemplateException">The file cannot be read or is not a valid template.</exception>
    public Template Load()
    {
        var text = TemplateConfig.Shipped.Contains(file) ? Shipped(Files, file) : Text(file);
        return _template?.Text == text ? _template : _template = new Template(file, text);
    }

    /// <summary>The template in a file. Reads it and blocks meanwhile.</summary>
    /// <exception cref="TemplateException">The file cannot be read or is not a valid template.</exception>
    public static Template Read(string file) => new(file, Text(file));

    /// <summary>The text of a shipped template.</summary>
    /// <param name="kind"><see cref="Files"/> or <see cref="Bodies"/>.</param>
    /// <param name="name">Its name.</param>
    public static string Shipped(string kind, string name)
    {
        using var resource = typeof(TemplateSource).Assembly.GetManifestResourceStream($"{kind}/{name}.hbs")!;
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd();
    }

    private static string Text(string file)
    {
        try
        {
            return RegularFile.ReadText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TemplateException($"template {file} cannot be read: {e.Message}", e);
        }
    }
}
