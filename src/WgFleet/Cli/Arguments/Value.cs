using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace WgFleet.Cli.Arguments;

/// <summary>Reads one value from the command line.</summary>
/// <param name="text">What was typed.</param>
/// <param name="value">The value, if nothing is wrong with it.</param>
/// <returns>What is wrong, to go on after the name and the text, such as "is not a number"; null if nothing is.</returns>
internal delegate string? ReadValue<T>(string text, out T value);

/// <summary>Options and arguments that take only certain values, and tell in one line what is wrong with another.</summary>
internal static class Value
{
    /// <summary>An option whose value is checked; its default is that of the type.</summary>
    public static Option<T> Option<T>(string name, string description, string helpName, ReadValue<T> read) =>
        new(name) { Description = description, HelpName = helpName, Arity = ArgumentArity.ExactlyOne, CustomParser = result => Parse(result, name, read) };

    /// <summary>An option that takes one of a few words, which help and completion show.</summary>
    public static Option<string?> Option(string name, string description, params IReadOnlyList<string> words) => Option([name], description, words);

    /// <summary>The same with other names beside the first.</summary>
    public static Option<string?> Option(string[] names, string description, IReadOnlyList<string> words)
    {
        var option = Option(names[0], description, string.Join('|', words), Word(words));
        foreach (var other in names[1..])
            option.Aliases.Add(other);

        option.CompletionSources.Add([.. words]);
        return option;
    }

    /// <summary>An argument whose value is checked.</summary>
    public static Argument<T> Argument<T>(string name, string description, ReadValue<T> read) =>
        new(name) { Description = description, Arity = ArgumentArity.ExactlyOne, CustomParser = result => Parse(result, name, read) };

    /// <summary>A whole number.</summary>
    public static ReadValue<long?> Number(long min, long max = long.MaxValue) => (string text, out long? value) =>
    {
        var isNumber = long.TryParse(text, NumberStyles.AllowLeadingSign, null, out var number);
        value = number;
        return isNumber && number >= min && number <= max ? null : $"is not a number {(max == long.MaxValue ? $"of at least {min}" : $"from {min} to {max}")}";
    };

    /// <summary>One of a few words.</summary>
    public static ReadValue<string?> Word(params IReadOnlyList<string> words) => (string text, out string? value) =>
    {
        value = text;
        return words.Contains(text) ? null : $"is none of {string.Join(", ", words)}";
    };

    /// <summary>A duration.</summary>
    /// <param name="shortest">The shortest that is allowed.</param>
    /// <param name="examples">Durations as they may be meant.</param>
    public static ReadValue<TimeSpan?> Duration(TimeSpan shortest, string examples) => (string text, out TimeSpan? value) =>
    {
        var isDuration = Config.Duration.TryParse(text, out var time);
        value = time;
        return isDuration && time >= shortest ? null : $"is not a duration; use {examples}";
    };

    // The library calls this also where there is no text, or more than one; it tells these faults itself.
    private static T? Parse<T>(ArgumentResult result, string name, ReadValue<T> read)
    {
        if (result.Tokens is not [{ Value: var text }])
            return default;

        if (read(text, out var value) is not { } wrong)
            return value;

        result.AddError($"{name} '{text}' {wrong}");
        return default;
    }
}
