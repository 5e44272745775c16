using System.Net;
using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Store;
using WgFleet.WireGuard;

namespace WgFleet.Fleets.State;

/// <summary>A client that is registered, as the registry holds it: immutable but for its <see cref="Liveness"/>.</summary>
internal sealed record RegisteredClient : ClientRecord
{
    // Made at the first use and kept: every projection gets the same thousands of clients at every change.
    private Client? _client;

    public RegisteredClient()
    {
    }

    public RegisteredClient(ClientRecord facts)
        : base(facts)
    {
    }

    // `with` copies everything but the client that hooks see, which is another one then.
    private RegisteredClient(RegisteredClient original)
        : base(original) => Liveness = original.Liveness;

    /// <summary>Shared by all snapshots that hold this client.</summary>
    public Liveness Liveness { get; init; } = null!;

    /// <summary>The client as hooks see it; the domain is the same at every call.</summary>
    public Client ToClient(string domain) => _client ??= new(
        Fleet, Address, Hostname, Hostname is null ? null : $"{Hostname}.{Fleet}.{domain}",
        PublicKey.ToString(), RequestAddress, RegisteredAt)
    {
        Address4 = Address4,
        Tags = Tags,
        Facts = Facts,
    };

    /// <summary>Its peer as WireGuard is to have it, if that has no other preshared key.</summary>
    public PeerChange ToPeer() => new(PublicKey) { AllowedIps = [.. Addresses.Select(a => new IPNetwork(a, FleetNetwork.LengthOf(a)))], PresharedKey = PresharedKey };

    /// <summary>The client as the database has it.</summary>
    public StoredClient ToRow() => new(this) { LastPing = Liveness.LastPing, LastHandshake = Liveness.LastHandshake, Endpoint = Liveness.Endpoint };

    /// <summary>When and where from it was last seen, as the database has it.</summary>
    public SeenClient ToSeen() => new(Id, Liveness.LastPing, Liveness.LastHandshake, Liveness.Endpoint);
}
