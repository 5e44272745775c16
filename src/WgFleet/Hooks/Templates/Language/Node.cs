using System.Collections;
using System.Text;

namespace WgFleet.Hooks.Templates.Language;

/// <summary>A part of a template that is rendered.</summary>
internal abstract record Node
{
    /// <exception cref="LanguageException">It uses a name that stands for nothing.</exception>
    public abstract void Write(StringBuilder output, Scope scope);
}

internal sealed record TextNode(string Text) : Node
{
    public override void Write(StringBuilder output, Scope scope) => output.Append(Text);
}

internal sealed record Sequence(IReadOnlyList<Node> Nodes) : Node
{
    public override void Write(StringBuilder output, Scope scope)
    {
        foreach (var node in Nodes)
            node.Write(output, scope);
    }
}

/// <summary>{{x}}</summary>
internal sealed record OutputNode(Expression Expression) : Node
{
    public override void Write(StringBuilder output, Scope scope)
    {
        var value = Expression.In(scope);
        if (value is ICollection)
            throw new LanguageException(Expression.Line, "a list or a mapping cannot be written; use {{#each}}");

        output.Append(Helpers.Text(value));
    }
}

/// <summary>{{#if x}}, {{#unless x}}</summary>
internal sealed record IfNode(Expression Condition, bool Negated, Node Body, Node Else) : Node
{
    public override void Write(StringBuilder output, Scope scope) => (Scope.IsFalse(Condition.In(scope)) == Negated ? Body : Else).Write(output, scope);
}

/// <summary>{{#each x}}, {{#each x as |item index|}}</summary>
internal sealed record EachNode(Expression Items, IReadOnlyList<string> Names, Node Body, Node Else) : Node
{
    public override void Write(StringBuilder output, Scope scope)
    {
        var items = Entries(Items.In(scope));
        foreach (var (index, (key, value)) in items.Index())
        {
            var inner = scope.Within(value).Give("@index", index).Give("@key", key ?? index).Give("@first", index == 0).Give("@last", index == items.Count - 1);
            if (Names.Count > 0)
                inner.Give(Names[0], value);
            if (Names.Count > 1)
                inner.Give(Names[1], key ?? index);
            Body.Write(output, inner);
        }

        if (items.Count == 0)
            Else.Write(output, scope);
    }

    private static List<(object? Key, object? Value)> Entries(object? items) => items switch
    {
        IReadOnlyDictionary<string, object?> values => [.. values.Select(entry => ((object?)entry.Key, entry.Value))],
        IReadOnlyDictionary<string, string> texts => [.. texts.Select(entry => ((object?)entry.Key, (object?)entry.Value))],
        IList list => [.. list.Cast<object?>().Select(item => ((object?)null, item))],
        _ => [],
    };
}

/// <summary>{{#with x}}, {{#with x as |name|}}</summary>
internal sealed record WithNode(Expression Value, IReadOnlyList<string> Names, Node Body, Node Else) : Node
{
    public override void Write(StringBuilder output, Scope scope)
    {
        var value = Value.In(scope);
        if (Scope.IsFalse(value))
        {
            Else.Write(output, scope);
            return;
        }

        var inner = scope.Within(value);
        Body.Write(output, Names.Count > 0 ? inner.Give(Names[0], value) : inner);
    }
}

/// <summary>{{#x}}: each item of a list, the value itself, or nothing; as in Mustache.</summary>
internal sealed record SectionNode(Expression Value, Node Body, Node Else) : Node
{
    public override void Write(StringBuilder output, Scope scope)
    {
        var value = Value.In(scope);
        var constant = new Literal(Value.Line, value);
        if (Scope.IsFalse(value))
            Else.Write(output, scope);
        else if (value is true)
            Body.Write(output, scope);
        else if (value is IList)
            new EachNode(constant, [], Body, Else).Write(output, scope);
        else
            new WithNode(constant, [], Body, Else).Write(output, scope);
    }
}

/// <summary>{{#*inline "name"}}: defines a partial.</summary>
internal sealed record InlineNode(string Name, Node Body) : Node
{
    public override void Write(StringBuilder output, Scope scope) => scope.Partials[Name] = Body;
}

/// <summary>{{> name}}, {{> name value}}, {{> name key=value}}: writes a partial.</summary>
internal sealed record PartialNode(int Line, string Name, Expression? Value, IReadOnlyDictionary<string, Expression> Given) : Node
{
    private const int Deepest = 100;

    public override void Write(StringBuilder output, Scope scope)
    {
        if (!scope.Partials.TryGetValue(Name, out var body))
            throw new LanguageException(Line, $"there is no partial '{Name}' here");

        var depth = 0;
        for (var at = scope; at is not null; at = at.Parent)
            depth++;
        if (depth > Deepest)
            throw new LanguageException(Line, $"partial '{Name}' uses itself without an end");

        var inner = scope.Within(Value is null ? scope.Value : Value.In(scope));
        foreach (var (name, given) in Given)
            inner.Give(name, given.In(scope));
        body.Write(output, inner);
    }
}
