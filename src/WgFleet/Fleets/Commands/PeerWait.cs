using WgFleet.Fleets.State;

namespace WgFleet.Fleets.Commands;

/// <summary>A command that is answered when WireGuard has set its peers.</summary>
/// <param name="Command">The command.</param>
/// <param name="Fleet">The fleet whose peers it changes.</param>
internal sealed record PeerWait(RegistryCommand Command, string Fleet)
{
    /// <summary>The new client that it registers, which is removed if WireGuard does not set its peer; null if it registers none.</summary>
    public RegisteredClient? Registers { get; init; }

    /// <summary>The token that the registration used; null if it used none.</summary>
    public EnrollmentToken? Token { get; init; }

    /// <summary>Whether it fails if WireGuard does not make the change. Otherwise the change stays in the database, and WireGuard follows later.</summary>
    public bool NeedsTunnel { get; init; }
}
