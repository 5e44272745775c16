using WgFleet.Fleets.State;

namespace WgFleet.Http.Machines;

/// <summary>
/// The header in which a machine says which one it is, and the answers for machines that have one key. Machines that do not say, such as those with an older
/// join.sh, never get these answers.
/// </summary>
internal static class MachineHeader
{
    private const string Name = "Wg-Fleet-Machine";

    /// <summary>The answer to the ping of a copy: it is to make a key of its own, and to register with it.</summary>
    private static readonly Answer Regenerate = Answer.Json(StatusCodes.Status409Conflict, """{"detail":"Another machine has this key","regenerate":true}""");

    /// <summary>Notes which machine pings as a client; the refusal if it is a copy of the machine that registered.</summary>
    public static Answer? Judge(HttpRequest request, RegisteredClient client, TimeProvider time) =>
        TryRead(request, out var machine) && client.Liveness.PingedBy(machine, client.Facts, time.GetUtcNow()) ? Regenerate : null;

    /// <summary>
    /// Whether the facts of a registration are not taken, because they are not of the machine that the client is, which pinged lately. The header tells a machine that has
    /// changed to say them again later, when the one that it was has not come any more.
    /// </summary>
    public static bool IsHeld(HttpContext context, RegisteredClient known, IReadOnlyDictionary<string, string> facts, DateTimeOffset now)
    {
        TryRead(context.Request, out var machine);
        if (Machine.IdentityOf(facts) == Machine.IdentityOf(known.Facts) || !known.Liveness.IsUsedByAnother(machine, known.Facts, now))
            return false;

        context.Response.Headers["Wg-Fleet-Facts"] = "later";
        return true;
    }

    private static bool TryRead(HttpRequest request, out Machine machine)
    {
        machine = default;
        return request.Headers.TryGetValue(Name, out var values) && values.Count == 1 && Machine.TryParse(values[0], out machine);
    }
}
