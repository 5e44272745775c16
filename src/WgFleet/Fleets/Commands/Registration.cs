using WgFleet.Fleets.State;

namespace WgFleet.Fleets.Commands;

/// <summary>A new client in a batch that WireGuard does not have yet, so that it may have to be deleted again.</summary>
/// <param name="Command">The command that waits for it.</param>
/// <param name="Client">The client.</param>
/// <param name="Sequence">The number of its event; 0 where another registration of this batch has it.</param>
/// <param name="Token">The token that it took a use of; null if it took none.</param>
internal sealed record Registration(RegistryCommand Command, RegisteredClient Client, long Sequence, EnrollmentToken? Token);
