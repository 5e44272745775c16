using System.Globalization;
using WgFleet.Registry;

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
public sealed record ClientLine(
    long Id,
    string? Hostname,
    bool Online,
    bool Pinned,
    string Address,
    string PublicKey,
    string Source,
    Moment Registered,
    Moment Seen,
    Moment? Handshake,
    string Received,
    string Sent)
{
    private const int MaxSource = 64;

    internal static ClientLine Of(Member member, DateTimeOffset now) => new(
        member.Id,
        member.Hostname,
        member.Activity.IsOnline(now),
        member.Pinned is not null,
        member.Address.ToString(),
        member.PublicKey.ToString(),
        Cut(member.RequestAddress),
        Moment.Of(member.RegisteredAt, now),
        Moment.Of(member.Activity.LastSeen, now),
        member.Activity.LastHandshake is { } at ? Moment.Of(at, now) : null,
        ByteSize.Of(member.Activity.ReceivedBytes),
        ByteSize.Of(member.Activity.SentBytes));

    internal string ShortKey => PublicKey[..16] + "...";

    // A forwarded source may be kilobytes of anything; a hundred of them must not swell the page.
    private static string Cut(string source) => source.Length <= MaxSource ? source : source[..MaxSource] + "...";
}

/// <summary>A time and how long ago it was, as text.</summary>
/// <param name="Time">In UTC, to the second.</param>
/// <param name="Age">How long ago.</param>
public readonly record struct Moment(string Time, string Age)
{
    internal static Moment Of(DateTimeOffset at, DateTimeOffset now) => new(
        Text(at), Dashboard.Age.Since(at, now));

    /// <summary>A time as all pages tell it.</summary>
    internal static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
