using WgFleet.Hosting;

namespace WgFleet.Queries.Troubles;

/// <summary>What is wrong with the server itself: its parts, its disk, its certificate, its configuration, its clock.</summary>
internal static class ServerTroubles
{
    /// <summary>Less free space than this, in bytes, on the disk of the database is a trouble.</summary>
    public const long LowDisk = 100 * 1024 * 1024;

    /// <summary>A certificate is a trouble this long before its end, or for a quarter of its life if that is less.</summary>
    private static readonly TimeSpan RenewalTime = TimeSpan.FromDays(14);

    /// <summary>How long a step of the clock is told.</summary>
    private static readonly TimeSpan ClockNews = TimeSpan.FromHours(1);

    /// <summary>The loops of the server that fail, which includes the database that cannot be written.</summary>
    public static IEnumerable<Trouble> OfParts(Supervisor supervisor) => supervisor.Parts.Where(p => p.IsFailing).Select(part => new Trouble(
        TroubleKind.PartFailing,
        Severity.Broken,
        $"{part.Name} is failing",
        "This part of the server is tried again by itself; the log says more")
    {
        Why = part.Reason,
        Since = part.FailingSince,
        Command = "journalctl -u wg-fleet",
    });

    /// <param name="path">The database's file.</param>
    /// <param name="free">The free bytes of its disk; null if that cannot be found out.</param>
    public static IEnumerable<Trouble> OfDisk(string path, long? free)
    {
        if (free < LowDisk)
        {
            yield return new(
                TroubleKind.DiskFull,
                Severity.Broken,
                $"the disk of {path} has {free / 1024 / 1024} MiB left",
                "Free some space: when it is full, no machine can join and no name can change")
            {
                Command = $"df -h {Path.GetDirectoryName(path)}",
            };
        }
    }

    /// <param name="certificate">The certificate of the server; null if it has none.</param>
    /// <param name="now">The time.</param>
    public static IEnumerable<Trouble> OfCertificate(CertificateStatus? certificate, DateTimeOffset now)
    {
        if (certificate is null)
            yield break;

        if (certificate.Problem is { } problem)
        {
            yield return new(
                TroubleKind.CertificateEnds, Severity.Attention, $"the new files of the certificate {certificate.File} cannot be used",
                "The certificate from before stays in use; the server reads the files again when they change")
            {
                Why = problem,
            };
        }

        var life = certificate.NotAfter - certificate.NotBefore;
        var early = life / 4 < RenewalTime ? life / 4 : RenewalTime;
        if (now >= certificate.NotAfter)
        {
            yield return new(
                TroubleKind.CertificateEnds, Severity.Broken, $"the certificate {certificate.File} has ended", "Renew it; the server reads the files again when they change")
            {
                Since = certificate.NotAfter,
            };
        }
        else if (now >= certificate.NotAfter - early)
        {
            yield return new(
                TroubleKind.CertificateEnds, Severity.Attention, $"the certificate {certificate.File} ends at {Utc.Text(certificate.NotAfter)}",
                "Renew it; the server reads the files again when they change")
            {
                Since = certificate.NotAfter - early,
            };
        }
    }

    public static IEnumerable<Trouble> OfReload(ReloadRequests reloads)
    {
        if (reloads.Last is { Waits: true } waiting)
        {
            yield return new(
                TroubleKind.ReloadRefused, Severity.Attention, "a reload waits", "The configuration from before is in force; the server reloads by itself as soon as the database can be written")
            {
                Why = waiting.Errors[0],
            };
        }
        else if (reloads.Last is { Errors: [var first, ..] })
        {
            yield return new(
                TroubleKind.ReloadRefused, Severity.Attention, "the last reload was refused", "The configuration from before is in force; correct the file, then reload")
            {
                Why = first,
                Command = "wg-fleet check && wg-fleet reload",
            };
        }
    }

    public static IEnumerable<Trouble> OfClock(ClockWatch clock, DateTimeOffset now)
    {
        if (clock.LastStep is { } step && (now - step.At).Duration() <= ClockNews)
        {
            yield return new(
                TroubleKind.ClockStepped, Severity.Attention, $"the clock was set {Words(step.By)}",
                "Times from before it differ by as much; look whether the clock is synchronized")
            {
                Since = step.At,
                Command = "timedatectl",
            };
        }
    }

    private static string Words(TimeSpan by) =>
        by < TimeSpan.Zero ? $"back by {Config.Duration.ToText(Whole(-by))}" : $"forward by {Config.Duration.ToText(Whole(by))}, or the machine slept";

    private static TimeSpan Whole(TimeSpan time) => TimeSpan.FromSeconds(Math.Round(time.TotalSeconds));
}
