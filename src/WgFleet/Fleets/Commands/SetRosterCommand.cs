using WgFleet.Config;
using WgFleet.Config.Rosters;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Store.Rosters;

namespace WgFleet.Fleets.Commands;

/// <summary>Replaces or deletes the roster of a fleet whose operators set it. Setting the same text again changes nothing.</summary>
/// <param name="fleet">The fleet's name.</param>
/// <param name="roster">The new one; null to delete it.</param>
/// <param name="mayReplace">Whether the caller has seen the roster that is there, by its tag; null for none.</param>
/// <param name="by">Who does it.</param>
internal sealed class SetRosterCommand(string fleet, Roster? roster, Func<string?, bool> mayReplace, FleetOperator by) : RegistryCommand<RosterChange>
{
    public override void Decide(Batch batch)
    {
        var within = batch.Fleet(fleet);
        var before = within.Roster;
        Check(within.Before.Config, before, mayReplace);
        var difference = RosterDifference.Between(before, roster);
        var changes = before?.Text != roster?.Text;
        if (changes)
        {
            within.Roster = roster is null ? null : new Roster(roster.Path, roster.Seats) { Text = roster.Text, Saved = (batch.Now, by.Name) };
            var row = roster is null ? null : new StoredRoster(fleet, roster.Text, batch.Now, by.Name);
            batch.Rows.Acts.Add(c =>
            {
                if (row is null)
                    RosterTable.Delete(c, fleet);
                else
                    RosterTable.Set(c, row);
            });
            batch.Record(OperatorActed.By(by, OperatorActs.RosterChanged) with { OnFleet = fleet, Detail = roster is null ? "deleted it" : difference.Text });
        }

        Result = new RosterChange(within.Roster, difference, changes);
    }

    /// <summary>Checks that the roster of a fleet may be replaced.</summary>
    /// <exception cref="RefusedException">Operators do not set it, or somebody else has changed it.</exception>
    public static void Check(FleetConfig config, Roster? before, Func<string?, bool> mayReplace)
    {
        if (!config.RosterByApi)
        {
            throw new RefusedException(Refusal.Conflict, before is null
                ? $"fleet {config.Name} has no roster: write 'roster: api' in fleets.{config.Name}, and reload"
                : $"the roster of fleet {config.Name} is the file {before.Path}: change that file and reload, or write 'roster: api' in fleets.{config.Name} and reload");
        }

        if (!mayReplace(before?.Tag))
            throw new RefusedException(Refusal.Outdated, $"somebody else has changed the roster of fleet {config.Name} meanwhile: get it again, and repeat your change");
    }
}

/// <summary>What became of a roster.</summary>
/// <param name="Now">The roster that is there now; null for none.</param>
/// <param name="Difference">Which seats differ.</param>
/// <param name="Changed">Whether it was replaced or deleted.</param>
internal sealed record RosterChange(Roster? Now, RosterDifference Difference, bool Changed);
