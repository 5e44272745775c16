using System.IO.Enumeration;
using WgFleet.Config.Yaml;

namespace WgFleet.Config;

/// <summary>What the file says of one hook; null leaves what the hook itself says.</summary>
internal sealed record HookConfig
{
    public required string Name { get; init; }

    public bool Enabled { get; init; } = true;

    public bool? Await { get; init; }

    public TimeSpan? Timeout { get; init; }

    public TimeSpan? MinInterval { get; init; }

    /// <summary>The types of the events it gets; null for all that it asks for, but those that are told on request.</summary>
    public IReadOnlyList<string>? Events { get; init; }

    /// <summary>The fleets it follows, by name with * and ?; null for all.</summary>
    public string? Fleets { get; init; }

    /// <summary>How often an event is tried before it is a dead letter; null for what its kind has.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>Where in the event log it begins when it is new.</summary>
    public HookStart Start { get; init; }

    /// <summary>It is a program. At most one of this, <see cref="Webhook"/> and <see cref="Template"/> is set; none for a hook that is code.</summary>
    public ExecConfig? Exec { get; init; }

    /// <summary>It is an HTTP endpoint.</summary>
    public WebhookConfig? Webhook { get; init; }

    /// <summary>It is a file made from a template.</summary>
    public TemplateConfig? Template { get; init; }

    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Where it stands in the file; null if it comes from elsewhere.</summary>
    public SourceLocation? Place { get; init; }

    /// <summary>Whether it gets events of this type and fleet; null for those that are about no fleet.</summary>
    public bool Wants(string type, string? fleet) => (Events is null || Events.Contains(type)) && (fleet is null || Follows(fleet));

    /// <summary>Whether it asks for events of this type by name.</summary>
    public bool AsksFor(string type) => Events?.Contains(type) == true;

    /// <summary>Whether it follows this fleet.</summary>
    public bool Follows(string fleet) => Fleets is null || FileSystemName.MatchesSimpleExpression(Fleets, fleet, ignoreCase: false);
}

/// <summary>Where in the event log a hook begins that was not there before.</summary>
internal enum HookStart
{
    /// <summary>With the next event.</summary>
    Now,

    /// <summary>With one replayed <c>client.added</c> for each client there is, then the next event.</summary>
    Snapshot,

    /// <summary>With the oldest event that is kept.</summary>
    Beginning,
}
