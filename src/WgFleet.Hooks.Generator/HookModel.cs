using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace WgFleet.Hooks.Generator;

/// <summary>A class with [Hook], as values that the compiler can compare to see whether anything has changed.</summary>
/// <param name="Name">The hook's name.</param>
/// <param name="Class">The full name of the class.</param>
/// <param name="Place">Where its name stands.</param>
/// <param name="Entry">The expression that describes it in the table; null if it has an error.</param>
/// <param name="Findings">What is wrong with it.</param>
internal sealed record HookModel(string Name, string Class, Place Place, string? Entry, Values<Finding> Findings);

/// <summary>A place in a source file.</summary>
internal sealed record Place(string File, TextSpan Span, LinePositionSpan Lines)
{
    public static Place Of(Location location) => new(location.GetLineSpan().Path, location.SourceSpan, location.GetLineSpan().Span);
}

/// <summary>Something that is wrong with a hook.</summary>
/// <param name="Rule">Which rule it breaks.</param>
/// <param name="Place">Where.</param>
/// <param name="First">What the rule's text says first.</param>
/// <param name="Second">What the rule's text says second; empty if nothing.</param>
internal sealed record Finding(DiagnosticDescriptor Rule, Place Place, string First, string Second = "")
{
    public Diagnostic ToDiagnostic() => Diagnostic.Create(Rule, Location.Create(Place.File, Place.Span, Place.Lines), First, Second);
}

/// <summary>A list that equals another one with equal items.</summary>
internal sealed class Values<T>(IEnumerable<T> items) : IEnumerable<T>, IEquatable<Values<T>>
{
    private readonly T[] _items = [.. items];

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public bool Equals(Values<T>? other) => other is not null && _items.SequenceEqual(other._items);

    public override bool Equals(object? obj) => Equals(obj as Values<T>);

    public override int GetHashCode() => _items.Length == 0 ? 0 : _items[0]!.GetHashCode() + _items.Length;
}
