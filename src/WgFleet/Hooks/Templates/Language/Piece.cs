namespace WgFleet.Hooks.Templates.Language;

/// <summary>A part of a template: text that is written as it is, or what stands between braces.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The text, or what stands between the braces without the signs that say what it is.</param>
/// <param name="Line">The line on which it begins, from 1.</param>
internal readonly record struct Piece(PieceKind Kind, string Text, int Line);

internal enum PieceKind
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>{{x}}, {{{x}}} or {{&amp;x}}</summary>
    Output,

    /// <summary>{{#x}}</summary>
    Open,

    /// <summary>{{^x}}</summary>
    OpenInverse,

    /// <summary>{{else}}, {{else if x}} or {{^}}</summary>
    Else,

    /// <summary>{{/x}}</summary>
    Close,

    /// <summary>{{> x}}</summary>
    Partial,

    /// <summary>{{! x }} or {{!-- x --}}</summary>
    Comment,
}
