using System.Text;
using WgFleet.Hooks.Templates.Language;

namespace WgFleet.Hooks.Templates;

/// <summary>A parsed template. Nothing is escaped, because the files are not HTML, and an unknown name is an error.</summary>
internal sealed class Template
{
    private readonly Node _parsed;

    /// <param name="name">The template's name in error messages.</param>
    /// <param name="text">The text of the template.</param>
    /// <exception cref="TemplateException">The text is not a valid template.</exception>
    public Template(string name, string text)
    {
        (Name, Text) = (name, text);
        try
        {
            _parsed = Parser.Parse(text);
        }
        catch (LanguageException e)
        {
            throw Failed(e);
        }
    }

    /// <summary>The template's name in error messages.</summary>
    public string Name { get; }

    public string Text { get; }

    /// <summary>Renders the template with these values.</summary>
    /// <exception cref="TemplateException">The template uses a name that <paramref name="model"/> does not have.</exception>
    public string Render(IReadOnlyDictionary<string, object?> model)
    {
        var text = new StringBuilder();
        try
        {
            _parsed.Write(text, Scope.Of(model));
        }
        catch (LanguageException e)
        {
            throw Failed(e);
        }

        return text.ToString();
    }

    private TemplateException Failed(LanguageException e) => new($"template {Name}, line {e.Line}: {e.Message}", e);
}
