namespace WgFleet.Fleets.State;

/// <content>A name that the client asks for, and that another client has.</content>
internal sealed partial class Liveness
{
    /// <summary>How long after the last time that it was refused it is told.</summary>
    private static readonly TimeSpan RefusalNews = TimeSpan.FromMinutes(10);

    private RefusedName? _refused;

    /// <summary>Notes that a name was refused; true if that was not known.</summary>
    public bool NameRefused(string asked, DateTimeOffset now)
    {
        var before = Refused(now);
        var isNew = before?.Asked != asked;
        Volatile.Write(ref _refused, new(asked, isNew ? now : before!.Since, now));
        return isNew;
    }

    /// <summary>Notes that the client has asked for a name that was not refused.</summary>
    public void NameNotRefused()
    {
        if (Volatile.Read(ref _refused) is not null)
            Volatile.Write(ref _refused, null);
    }

    /// <summary>The name that was refused in the last ten minutes; null if none was.</summary>
    public RefusedName? Refused(DateTimeOffset now) => Volatile.Read(ref _refused) is { } refused && (now - refused.Last).Duration() <= RefusalNews ? refused : null;
}

/// <summary>A name that a client asked for and did not get, because another client has it.</summary>
/// <param name="Asked">The name.</param>
/// <param name="Since">Since when it asks for it.</param>
/// <param name="Last">When it asked for it last.</param>
internal sealed record RefusedName(string Asked, DateTimeOffset Since, DateTimeOffset Last);
