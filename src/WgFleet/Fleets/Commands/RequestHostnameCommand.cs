using System.Net;
using WgFleet.Fleets.Naming;
using WgFleet.Fleets.State;
using WgFleet.Hosting;

namespace WgFleet.Fleets.Commands;

/// <summary>A client asks for a hostname, and gets what the fleet's policy has for it.</summary>
/// <param name="fleet">The fleet's name.</param>
/// <param name="address">The client's address.</param>
/// <param name="asked">The name; null if it asks for none, which counts where the roster gives the names.</param>
/// <param name="isGone">Whether a client has been silent for so long that another may have its name.</param>
internal sealed class RequestHostnameCommand(string fleet, IPAddress address, string? asked, Func<RegisteredClient, bool> isGone) : RegistryCommand<Renaming>
{
    public override void Decide(Batch batch)
    {
        var within = batch.Fleet(fleet);
        var client = within.Find(address) ?? throw new RefusedException(Refusal.NotFound, "Client not registered");
        var decision = new NameRules(within.Before.Config, within.Frozen, within.Find, isGone).Decide(client, asked);
        switch (decision.Verdict)
        {
            case NameVerdict.Keep:
            case NameVerdict.Refuse:
                Result = Renaming.Without(decision, client);
                return;
            case NameVerdict.Lose:
                Result = new Renaming(batch.Unname(within, client).Hostname, Changed: true);
                return;
            case NameVerdict.Take:
                // Its holder loses it first, so that no two clients have it at once, whoever follows the events.
                batch.Unname(within, decision.Holder!);
                break;
        }

        var hostname = decision.Verdict == NameVerdict.Number ? within.FirstFree(decision.Hostname!) : decision.Hostname!;
        batch.Rename(within, client, hostname);
        Result = new Renaming(hostname, Changed: true) { Holder = decision.Holder };
    }
}

/// <summary>The present name of a client, and whether it has changed.</summary>
/// <param name="Hostname">The name; null for none.</param>
/// <param name="Changed">Whether it has changed.</param>
internal sealed record Renaming(string? Hostname, bool Changed)
{
    /// <summary>The client that had the name before, or that has the name that was refused; null if there is none.</summary>
    public RegisteredClient? Holder { get; init; }

    /// <summary>Whether the name that the client asked for is refused, because <see cref="Holder"/> has it.</summary>
    public bool IsRefused { get; init; }

    /// <summary>The answer to a client whose name does not change.</summary>
    public static Renaming Without(NameDecision decision, RegisteredClient client) =>
        new(client.Hostname, Changed: false) { Holder = decision.Holder, IsRefused = decision.Verdict == NameVerdict.Refuse };
}
