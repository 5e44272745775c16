using System.Net;
using WgFleet.Hooks;
using WgFleet.WireGuard;

namespace WgFleet.Fleets.State;

/// <summary>A registered client as the registry holds it: immutable but for its <see cref="Liveness"/>.</summary>
internal sealed record RegisteredClient
{
    // Made at the first look and kept: the same thousands are shown to every projection, at every change.
    private Client? _shown;

    /// <summary>The row's id; clients are listed in its order.</summary>
    public required long Id { get; init; }

    public required string Fleet { get; init; }

    public required IPAddress Address { get; init; }

    public required WireGuardKey PublicKey { get; init; }

    public string? Hostname
    {
        get;
        init => (field, _shown) = (value, null);
    }

    /// <summary>Where the registration came from, as text; may be anything a trusted proxy said.</summary>
    public required string RequestAddress { get; init; }

    public required DateTimeOffset RegisteredAt { get; init; }

    /// <summary>How long it may be quiet, where that is its own; null for what the configuration says.</summary>
    public TimeSpan? PruneTimeout { get; init; }

    /// <summary>What the token that let it in has given it; shared by all of its clients.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = Fleets.State.Tags.None;

    /// <summary>What keeps it from being pruned; null if nothing does.</summary>
    public Pin? Pinned { get; init; }

    /// <summary>When hooks were told that it is online; null if they were told that it is not, or nothing.</summary>
    public DateTimeOffset? OnlineSince { get; init; }

    /// <summary>Shared by all snapshots that hold this client.</summary>
    public required Liveness Liveness { get; init; }

    /// <summary>The client as hooks see it; the domain is the same at every call.</summary>
    public Client ToClient(string domain) => _shown ??= new(
        Fleet, Address, Hostname, Hostname is null ? null : $"{Hostname}.{Fleet}.{domain}",
        PublicKey.ToString(), RequestAddress, RegisteredAt)
    {
        Tags = Tags,
    };
}
