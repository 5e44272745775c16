using System.Globalization;

namespace WgFleet.Config;

/// <summary>A hook that keeps a program running: <c>stream</c>.</summary>
internal sealed record StreamConfig : DeliveryConfig
{
    public const string Name = "stream";

    /// <summary>An absolute path.</summary>
    public required string Command { get; init; }

    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>The user it runs as.</summary>
    public string User { get; init; } = "nobody";

    /// <summary>How long the answer to a line may take.</summary>
    public override TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the answer to the first line may take.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Set if the program gets the state of the fleets and not single events: then the hook is a projection.</summary>
    public StreamState? State { get; init; }

    /// <inheritdoc/>
    public override string Key => Name;

    /// <inheritdoc/>
    public override string Source => Command;

    /// <inheritdoc/>
    public override IEnumerable<(string Key, string Value)> Shown =>
    [
        ("command", Command),
        .. Args.Count == 0 ? [] : new[] { ("args", string.Join(' ', Args)) },
        ("user", User),
        ("start_timeout", Duration.ToText(StartTimeout)),
        State is { } state ? ("state", state.ToString().ToLowerInvariant()) : ("concurrency", Concurrency.ToString(CultureInfo.InvariantCulture)),
    ];
}

/// <summary>How a program gets the state of the fleets.</summary>
internal enum StreamState
{
    /// <summary>The whole state each time.</summary>
    Whole,

    /// <summary>The whole state first, then the changes since the state that the program has acknowledged last.</summary>
    Changes,
}
