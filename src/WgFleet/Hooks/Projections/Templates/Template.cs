using System.Globalization;
using System.Text.RegularExpressions;
using HandlebarsDotNet;
using HandlebarsDotNet.Compiler;

namespace WgFleet.Hooks.Projections.Templates;

/// <summary>A Handlebars template, compiled: nothing is escaped, since the files are no HTML, and a name that stands for nothing is an error.</summary>
internal sealed partial class Template
{
    private readonly string _name;
    private readonly HandlebarsTemplate<TextWriter, object, object> _render;

    /// <param name="name">What messages call it.</param>
    /// <param name="text">The template.</param>
    /// <exception cref="TemplateException">It is no template.</exception>
    public Template(string name, string text)
    {
        _name = name;
        Text = text;

        // One environment each: what a template defines inline is nobody else's.
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

    /// <exception cref="TemplateException">It asks for what <paramref name="model"/> does not have.</exception>
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

    /// <summary>A field of a CSV file, quoted where it must be (RFC 4180).</summary>
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

    // The library does not keep where an expression stood: the first place that asks for this name is it, mostly.
    private int? LineOf(string path)
    {
        var name = Regex.Escape(path.TrimStart('#', '^'));
        var match = Regex.Match(Text, $@"\{{\{{[^{{}}]*?(?<![\w.@/-]){name}(?![\w.-])", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        return match.Success ? 1 + Text.AsSpan(0, match.Index + match.Length).Count('\n') : null;
    }

    private static int? LineIn(string message) =>
        Position().Match(message) is { Success: true } at ? 1 + int.Parse(at.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null;

    // Its lines count from 0; the spelling is the library's.
    [GeneratedRegex(@"^Occured at: ([0-9]{1,9}):[0-9]+", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Position();
}
