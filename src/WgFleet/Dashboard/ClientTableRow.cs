using System.Globalization;
using WgFleet.Fleets.State;

namespace WgFleet.Dashboard;

/// <summary>One client as a row of text; public, as Razor's pages are, which take it as a parameter.</summary>
/// <param name="Id">Its number, which no other client ever has.</param>
/// <param name="Hostname">Its name; null if it has told none.</param>
/// <param name="Online">Whether it was heard of lately.</param>
/// <param name="Pinned">Whether it is never pruned.</param>
/// <param name="Address">Its address in the tunnel.</param>
/// <param name="PublicKey">Its whole public key.</param>
/// <param name="Source">Where its registration came from.</param>
/// <param name="Registered">When it registered.</param>
/// <param name="Seen">The last sign of life.</param>
/// <param name="Handshake">The last handshake; null if never.</param>
/// <param name="Received">What came from it.</param>
/// <param name="Sent">What went to it.</param>
public sealed record ClientTableRow(
    long Id,
    string? Hostname,
    bool Online,
    bool Pinned,
    string Address,
    string PublicKey,
    string Source,
    DisplayTime Registered,
    DisplayTime Seen,
    DisplayTime? Handshake,
    string Received,
    string Sent)
{
    private const int MaxSource = 64;

    internal static ClientTableRow Of(RegisteredClient member, DateTimeOffset now) => new(
        member.Id,
        member.Hostname,
        member.Liveness.IsOnline(now),
        member.Pinned is not null,
        member.Address.ToString(),
        member.PublicKey.ToString(),
        Cut(member.RequestAddress),
        DisplayTime.Of(member.RegisteredAt, now),
        DisplayTime.Of(member.Liveness.LastSeen, now),
        member.Liveness.LastHandshake is { } at ? DisplayTime.Of(at, now) : null,
        ByteSize.Of(member.Liveness.ReceivedBytes),
        ByteSize.Of(member.Liveness.SentBytes));

    internal string ShortKey => PublicKey[..16] + "...";

    // A forwarded source may be kilobytes of anything; a hundred of them must not swell the page.
    private static string Cut(string source) => source.Length <= MaxSource ? source : source[..MaxSource] + "...";
}

/// <summary>A time and how long ago it was, as text.</summary>
/// <param name="Time">In UTC, to the second.</param>
/// <param name="Age">How long ago.</param>
public readonly record struct DisplayTime(string Time, string Age)
{
    internal static DisplayTime Of(DateTimeOffset at, DateTimeOffset now) => new(
        Text(at), Dashboard.Age.Since(at, now));

    /// <summary>A time as all pages tell it.</summary>
    internal static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
