using System.Globalization;
using WgFleet.Hooks.Programs;

namespace WgFleet.Hooks.Deliveries.Exec;

/// <summary>The complete environment of a hook's program: a fixed PATH and LANG, and the event in variables, for scripts that do not read the JSON.</summary>
internal static class ExecEnvironment
{
    /// <summary>The variables as NAME=value. All of them are set for every event; the value is empty if the event has none.</summary>
    public static IReadOnlyList<string> Of(string hook, DeliveryAttempt attempt)
    {
        var e = attempt.Event;
        var facts = EventTypes.Of(e)?.Write(e);
        return
        [
            .. ProgramCommand.Environment(hook),
            $"WGFLEET_EVENT_ID={e.Id}",
            $"WGFLEET_TYPE={e.Type}",
            string.Create(CultureInfo.InvariantCulture, $"WGFLEET_SEQ={e.Sequence}"),
            string.Create(CultureInfo.InvariantCulture, $"WGFLEET_ATTEMPT={attempt.Number}"),
            $"WGFLEET_REPLAYED={(e.Replayed ? 1 : 0)}",
            $"WGFLEET_FLEET={e.Fleet}",
            $"WGFLEET_IP={e.Client?.Address}",
            .. e.Client?.Address4 is { } address4 ? [$"WGFLEET_IP4={address4}"] : Array.Empty<string>(),
            $"WGFLEET_HOSTNAME={e.Client?.Hostname}",
            $"WGFLEET_PREVIOUS_HOSTNAME={facts?.Previous}",
            $"WGFLEET_REASON={facts?.Reason}",
            $"WGFLEET_PHASE={facts?.Phase}",
            $"WGFLEET_OPERATOR={facts?.Operator?.Name}",
        ];
    }
}
