using System.Net;

namespace WgFleet.Access;

/// <summary>The proxies whose X-Forwarded-For and X-Forwarded-Proto are believed: those on this machine, and those in the networks of trusted_proxies.</summary>
internal sealed class TrustedProxies(IReadOnlyList<IPNetwork> networks)
{
    /// <summary>Whether this is the address of a proxy whose headers are believed.</summary>
    public bool Trusts(IPAddress? sender) =>
        sender is not null && (sender.Equals(IPAddress.Loopback) || sender.Equals(IPAddress.IPv6Loopback) || networks.Contains(sender));

    /// <summary>Where a request comes from: the sender of its connection or, if that is a trusted proxy, whom the proxy speaks for.</summary>
    public SourceAddress SourceOf(HttpContext context)
    {
        var sender = context.Connection.RemoteIpAddress ?? IPAddress.None;
        return Trusts(sender) && Forwarded(context.Request, sender) is { } forwarded ? new(sender, forwarded) : new(sender);
    }

    /// <summary>
    /// The last entry that is not a trusted proxy. If all are, the first, unless it is another machine's own loopback. Null without the header.
    /// </summary>
    private string? Forwarded(HttpRequest request, IPAddress sender)
    {
        if (request.Headers["X-Forwarded-For"] is not [.., { Length: > 0 } line] lines)
            return null;

        // The Python server looks at the last line only, and a proxy on this machine may rely on that. With more proxies, the lines are one list (RFC 9110, 5.3).
        if (networks.Count > 0 && lines.Count > 1)
            line = string.Join(',', lines.ToArray());
        else if (!line.Contains(',') && networks.Count == 0)
            return line.Trim();

        var entries = line.Split(',', StringSplitOptions.TrimEntries);
        return Array.FindLast(entries, entry => !IsProxy(entry))
            ?? Array.Find(entries, entry => networks.Count > 0 && !IsLoopback(entry))
            ?? (IPAddress.IsLoopback(sender) ? entries[0] : null);
    }

    // Another spelling than a proxy's own is no proxy's.
    private bool IsProxy(string entry) =>
        entry is "127.0.0.1" or "::1"
        || (networks.Count > 0 && (IsLoopback(entry) || (IPAddress.TryParse(entry, out var address) && address.ToString() == entry && networks.Contains(address))));

    private static bool IsLoopback(string entry) => IPAddress.TryParse(entry, out var address) && IPAddress.IsLoopback(address);
}
