using System.Collections;
using System.Globalization;

namespace WgFleet.Hooks.Templates.Language;

/// <summary>What names stand for at a place of a template: those of the value there, those that a block gives, and the way up.</summary>
internal sealed class Scope
{
    private readonly Dictionary<string, object?> _given = [];

    private Scope(object? value, Scope? parent, Dictionary<string, Node> partials)
    {
        (Value, Parent, Partials) = (value, parent, partials);
        Root = parent?.Root ?? this;
    }

    public object? Value { get; }

    public Scope? Parent { get; }

    public Scope Root { get; }

    /// <summary>The partials that the template has defined so far.</summary>
    public Dictionary<string, Node> Partials { get; }

    public static Scope Of(object? model) => new(model, null, []);

    /// <summary>A scope within this one.</summary>
    public Scope Within(object? value) => new(value, this, Partials);

    /// <summary>Gives a name to a value, within this scope: a name after "as", or one with @.</summary>
    public Scope Give(string name, object? value)
    {
        _given[name] = value;
        return this;
    }

    /// <summary>Finds what a block has given this name to.</summary>
    public bool TryGiven(string name, out object? value)
    {
        for (var scope = this; scope is not null; scope = scope.Parent)
        {
            if (scope._given.TryGetValue(name, out value))
                return true;
        }

        value = null;
        return false;
    }

    /// <summary>Finds the member of a value by its name: the value of a dictionary, or the item of a list by its number.</summary>
    public static bool TryMember(object? value, string name, out object? member)
    {
        member = null;
        switch (value)
        {
            case IReadOnlyDictionary<string, object?> values:
                return values.TryGetValue(name, out member);
            case IReadOnlyDictionary<string, string> texts when texts.TryGetValue(name, out var text):
                member = text;
                return true;
            case IList list when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count:
                member = list[index];
                return true;
            default:
                return false;
        }
    }

    /// <summary>Whether a condition takes the value for false: nothing, false, zero, no text, no items.</summary>
    public static bool IsFalse(object? value) => value switch
    {
        null or false or "" or 0 or 0L or 0.0 => true,
        string => false,
        ICollection items => items.Count == 0,
        _ => false,
    };
}
