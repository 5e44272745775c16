using WgFleet.Fleets.State;

namespace WgFleet.Fleets.Commands;

/// <summary>A command that is answered once WireGuard has been told of its peers.</summary>
/// <param name="Command">The command.</param>
/// <param name="Fleet">The fleet whose peers it changes.</param>
internal sealed record PeerWait(RegistryCommand Command, string Fleet)
{
    /// <summary>The new client that it registers, which is taken back if WireGuard does not take its peer; null if it registers none.</summary>
    public RegisteredClient? Registers { get; init; }

    /// <summary>The token that the registration took a use of; null if it took none.</summary>
    public EnrollmentToken? Token { get; init; }

    /// <summary>Whether it fails if WireGuard does not take the change. Otherwise it stays decided, and WireGuard follows later.</summary>
    public bool NeedsTunnel { get; init; }
}
