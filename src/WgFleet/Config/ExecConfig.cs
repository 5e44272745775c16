namespace WgFleet.Config;

/// <summary>A hook that runs a program: <c>exec</c>.</summary>
internal sealed record ExecConfig : DeliveryConfig
{
    public const string Name = "exec";

    /// <summary>An absolute path.</summary>
    public required string Command { get; init; }

    /// <summary>Its arguments, before the event's type.</summary>
    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>The user it runs as.</summary>
    public string User { get; init; } = "nobody";

    /// <inheritdoc/>
    public override TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

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
    ];
}
