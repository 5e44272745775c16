namespace WgFleet.Config.Yaml;

/// <summary>Collects all errors and warnings about one file while it is read.</summary>
internal sealed class Diagnostics(string file)
{
    private readonly List<Problem> _problems = [];
    private readonly List<Problem> _warnings = [];
    private readonly List<string> _variables = [];
    private readonly List<Problem> _others = [];

    /// <summary>The line, below 0, that stands for an environment variable in the nodes made of it.</summary>
    public int LineOf(string variable)
    {
        _variables.Add(variable);
        return -_variables.Count;
    }

    /// <summary>The location of a key, for errors that are found after the file was read.</summary>
    public SourceLocation Place(string key, YamlNode node) => new(file, key, node);

    /// <summary>Adds an error; <paramref name="key"/> is empty for the top level.</summary>
    public void Problem(int line, string key, string text) => _problems.Add(At(line, key, text));

    /// <summary>Adds a warning: it works, but is probably not what was meant.</summary>
    public void Warning(int line, string key, string text) => _warnings.Add(At(line, key, text));

    /// <summary>Adds the error that the file cannot be read.</summary>
    public void Unreadable(string text, int? line = null, int? column = null) =>
        _problems.Add(new Problem(file, line, column, null, text));

    /// <summary>Adds an error that is not in the file, but for example in an environment variable.</summary>
    public void Elsewhere(string key, string text) => _problems.Add(new Problem(null, null, null, key, text));

    /// <summary>Adds the errors about another file, which this one names.</summary>
    /// <param name="other">The errors about it.</param>
    /// <param name="most">How many are told; a line says how many more there are.</param>
    public void Include(Diagnostics other, int most)
    {
        var errors = other.Errors;
        _others.AddRange(errors.Take(most));
        if (errors.Count > most)
            _others.Add(errors[most] with { Line = null, Column = null, Key = null, Text = $"has {errors.Count - most} more errors, correct these first" });
    }

    /// <summary>All errors so far: about this file by line, then about the others.</summary>
    public IReadOnlyList<Problem> Errors => [.. ByLine(_problems), .. _others];

    /// <summary>All warnings so far, by line.</summary>
    public IReadOnlyList<Problem> Warnings => ByLine(_warnings);

    private Problem At(int line, string key, string text)
    {
        var shown = key.Length == 0 ? null : key;
        return line < 0 ? new Problem(_variables[-line - 1], null, null, shown, text) : new Problem(file, line, null, shown, text);
    }

    // OrderBy keeps the order of what stands on one line.
    private static List<Problem> ByLine(List<Problem> found) => [.. found.OrderBy(p => p.Line ?? int.MaxValue)];
}
