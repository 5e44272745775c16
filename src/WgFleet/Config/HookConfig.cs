using System.IO.Enumeration;
using WgFleet.Config.Yaml;

namespace WgFleet.Config;

/// <summary>The settings of one hook in the file; null leaves the hook's own default.</summary>
internal sealed record HookConfig
{
    public required string Name { get; init; }

    public bool Enabled { get; init; } = true;

    public bool? Await { get; init; }

    public TimeSpan? Timeout { get; init; }

    public TimeSpan? MinInterval { get; init; }

    /// <summary>The types of events that it gets; null for all that it asks for, except those that must be named.</summary>
    public IReadOnlyList<string>? Events { get; init; }

    /// <summary>The fleets it follows, by name with * and ?; null for all.</summary>
    public string? Fleets { get; init; }

    /// <summary>How often a delivery is attempted before it is a dead letter; null for the default of its kind.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>Where in the event log a new hook starts.</summary>
    public HookStart Start { get; init; }

    /// <summary>Whether it may replace a file that wg-fleet has not written. Only for projections and templates.</summary>
    public bool Replace { get; init; }

    /// <summary>What the entry defines; null if it only has settings for a hook that is defined elsewhere: a class, or a file in a drop-in directory.</summary>
    public HookKindConfig? Kind { get; init; }

    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Its location in the file; null if it is not from the file.</summary>
    public SourceLocation? Place { get; init; }

    /// <summary>Whether it gets events of this type and fleet; the fleet is null for events that are about none.</summary>
    public bool Wants(string type, string? fleet) => (Events is null || Events.Contains(type)) && (fleet is null || Follows(fleet));

    /// <summary>Whether it asks for events of this type by name.</summary>
    public bool AsksFor(string type) => Events?.Contains(type) == true;

    /// <summary>Whether it follows this fleet.</summary>
    public bool Follows(string fleet) => Fleets is null || FileSystemName.MatchesSimpleExpression(Fleets, fleet, ignoreCase: false);
}

/// <summary>Where in the event log a new hook starts.</summary>
internal enum HookStart
{
    /// <summary>At the next event.</summary>
    Now,

    /// <summary>With a replayed <c>client.added</c> for each existing client, then the next event.</summary>
    Snapshot,

    /// <summary>At the oldest event that is kept.</summary>
    Beginning,
}
