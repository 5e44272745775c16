using System.Globalization;
using System.Text.RegularExpressions;
using HandlebarsDotNet;
using HandlebarsDotNet.Compiler;

namespace WgFleet.Hooks.Projections.Templates;

/// <summary>A compiled Handlebars template. Nothing is escaped, because the files are not HTML, and an unknown name is an error.</summary>
internal sealed partial class Template
{
    private readonly string _name;
    private readonly HandlebarsTemplate<TextWriter, object, object> _render;

    /// <param name="name">The template's name in error messages.</param>
    /// <param name="text">The text of the template.</param>
    /// <exception cref="TemplateException">The text is not a valid template.</exception>
    public Template(string name, string text)
    {
        _name = name;
        Text = text;

        // Each template has its own environment, so that inline partials of one are not visible in another.
        var handlebars = Handlebars.Create(new HandlebarsConfiguration { NoEscape = true, ThrowOnUnresolvedBindingExpression = true });
        handlebars.RegisterHelper("csv", Csv);
        try
        {
            _render = handlebars.Compile(new StringReader(text));
        }
        catch (Exception e)
        {
            throw Failed(e);
        }
    }

    public string Text { get; }

    /// <summary>Renders the template with these values.</summary>
    /// <exception cref="TemplateException">The template uses a name that <paramref name="model"/> does not have.</exception>
    public string Render(IReadOnlyDictionary<string, object?> model)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        try
        {
            _render(text, model);
        }
        catch (Exception e)
        {
            throw Failed(e);
        }

        return text.ToString();
    }

    /// <summary>The helper <c>csv</c>: writes one field of a CSV file, in quotes if it needs them (RFC 4180).</summary>
    private static void Csv(EncodedTextWriter output, Context context, Arguments arguments)
    {
        if (arguments.Length != 1)
            throw new HandlebarsRuntimeException("csv takes one value, as in {{csv hostname}}");

        var field = Convert.ToString(arguments[0], CultureInfo.InvariantCulture) ?? "";
        output.WriteSafeString(field.AsSpan().ContainsAny("\",\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field);
    }

    private TemplateException Failed(Exception e)
    {
        var (what, line) = e is HandlebarsUndefinedBindingException { Path: var path }
            ? ($"there is no '{path.TrimStart('#', '^')}' here", LineOf(path))
            : (e.Message.Split('\n')[0].TrimEnd('\r', ' ', '.'), LineIn(e.Message));
        return new TemplateException($"template {_name}{(line is null ? "" : $", line {line}")}: {what}", e);
    }

    // The library does not keep the position of an expression, so we take the first place that uses this name. That is nearly always the right one.
    private int? LineOf(string path)
    {
        var name = Regex.Escape(path.TrimStart('#', '^'));
        var match = Regex.Match(Text, $@"\{{\{{[^{{}}]*?(?<![\w.@/-]){name}(?![\w.-])", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        return match.Success ? 1 + Text.AsSpan(0, match.Index + match.Length).Count('\n') : null;
    }

    private static int? LineIn(string message) =>
        Position().Match(message) is { Success: true } at ? 1 + int.Parse(at.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null;

    // The library counts lines from 0. "Occured" is its spelling.
    [GeneratedRegex(@"^Occured at: ([0-9]{1,9}):[0-9]+", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Position();
}
