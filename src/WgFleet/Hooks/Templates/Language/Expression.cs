namespace WgFleet.Hooks.Templates.Language;

/// <summary>What gives a value: a path, a literal, or the call of a helper.</summary>
/// <param name="Line">Its line in the template, from 1.</param>
internal abstract record Expression(int Line)
{
    /// <summary>Its value in this scope; null is a value, too.</summary>
    /// <exception cref="LanguageException">It uses a name that stands for nothing.</exception>
    public abstract object? In(Scope scope);
}

/// <summary>Text in quotes, a number, true, false or null.</summary>
internal sealed record Literal(int Line, object? Value) : Expression(Line)
{
    public override object? In(Scope scope) => Value;
}

/// <summary>A path, such as settings.ttl, ../domain, @root.domain or @index.</summary>
/// <param name="Line">Its line in the template, from 1.</param>
/// <param name="Text">As it is written.</param>
/// <param name="Up">How many levels up it begins.</param>
/// <param name="IsData">Whether it begins with @.</param>
/// <param name="Names">The names, from the outermost; empty for the value itself.</param>
internal sealed record ValuePath(int Line, string Text, int Up, bool IsData, IReadOnlyList<string> Names) : Expression(Line)
{
    public override object? In(Scope scope)
    {
        for (var i = 0; i < Up; i++)
            scope = scope.Parent ?? throw Unknown();

        var (value, taken) = First(scope);
        foreach (var name in Names.Skip(taken))
            value = Scope.TryMember(value, name, out var member) ? member : throw Unknown();

        return value;
    }

    /// <summary>Where the path begins, and how many of its names say so.</summary>
    private (object? Value, int Taken) First(Scope scope)
    {
        if (IsData && Names[0] == "root")
            return (scope.Root.Value, 1);

        if (IsData)
            return scope.TryGiven("@" + Names[0], out var data) ? (data, 1) : throw Unknown();

        return Up == 0 && Names.Count > 0 && scope.TryGiven(Names[0], out var given) ? (given, 1) : (scope.Value, 0);
    }

    private LanguageException Unknown() => new(Line, $"there is no '{Text}' here");
}

/// <summary>The call of a helper within an expression: (lookup a b), or {{csv a}}.</summary>
internal sealed record Call(int Line, string Name, IReadOnlyList<Expression> Arguments) : Expression(Line)
{
    /// <summary>Whether there is a helper of this name.</summary>
    public static bool IsHelper(string name) => Helpers.Has(name);

    public override object? In(Scope scope)
    {
        if (Helpers.Problem(Name, Arguments.Count) is { } problem)
            throw new LanguageException(Line, problem);

        try
        {
            return Helpers.Run(Name, [.. Arguments.Select(a => a.In(scope))]);
        }
        catch (FormatException e)
        {
            throw new LanguageException(Line, $"{Name}: {e.Message}");
        }
    }
}
