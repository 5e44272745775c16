using WgFleet.Config;

namespace WgFleet.Hooks.Projections.Templates;

/// <summary>
/// Loads a template that is shipped with the server, or one from a file. A file is read at every run, and compiled again when
/// it has changed.
/// </summary>
internal sealed class TemplateSource(string file)
{
    private Template? _template;

    /// <summary>Returns the compiled template. Reads the file and blocks meanwhile.</summary>
    /// <exception cref="TemplateException">The file cannot be read or is not a valid template.</exception>
    public Template Load()
    {
        var text = TemplateConfig.Shipped.Contains(file) ? Shipped(file) : Read();
        return _template?.Text == text ? _template : _template = new Template(file, text);
    }

    /// <summary>The text of a shipped template.</summary>
    public static string Shipped(string name)
    {
        using var resource = typeof(TemplateSource).Assembly.GetManifestResourceStream($"Templates/{name}.hbs")!;
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd();
    }

    private string Read()
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TemplateException($"template {file} cannot be read: {e.Message}", e);
        }
    }
}
