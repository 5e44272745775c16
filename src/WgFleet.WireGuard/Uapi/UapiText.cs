using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace WgFleet.WireGuard.Uapi;

/// <summary>
/// Writes requests for a UAPI socket (https://www.wireguard.com/xplatform/), and finds the end and the error number of an answer.
/// <see cref="DeviceText"/> reads the rest of it.
/// </summary>
internal static class UapiText
{
    /// <summary>The request for an interface with all its peers.</summary>
    public static ReadOnlyMemory<byte> Get { get; } = "get=1\n\n"u8.ToArray();

    private static ReadOnlySpan<byte> FirstPeer => "\npublic_key="u8;

    /// <summary>Writes a change as one request.</summary>
    public static PooledBytes Set(DeviceChange change)
    {
        // A peer with one IPv6 network needs up to 170 bytes; the buffer grows for peers with more.
        var text = new PooledBytes(160 + 170 * change.Peers.Count);
        text.Append("set=1\n"u8);
        if (change.PrivateKey is { } privateKey)
            AppendPrivateKey(text, privateKey);

        if (change.ListenPort is { } port)
            AppendNumber(text, "listen_port="u8, port);

        foreach (var peer in change.Peers)
            AppendPeer(text, peer);

        text.Append("\n"u8);
        return text;
    }

    /// <summary>True once the answer is complete; an empty line ends it.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> answer) => answer.EndsWith("\n\n"u8);

    /// <summary>True if the answer has come as far as the first peer.</summary>
    public static bool HasPeer(ReadOnlySpan<byte> answer) => answer.IndexOf(FirstPeer) >= 0;

    /// <summary>The part of an answer that comes before its peers.</summary>
    public static ReadOnlySpan<byte> Head(ReadOnlySpan<byte> answer) => answer.IndexOf(FirstPeer) is >= 0 and var end ? answer[..end] : answer;

    /// <summary>Finds the error number at the end of a complete answer; zero means success.</summary>
    public static bool TryReadErrno(ReadOnlySpan<byte> answer, out int errno)
    {
        var lines = answer[..^2];
        var last = lines[(lines.LastIndexOf((byte)'\n') + 1)..];
        var number = last.StartsWith("errno="u8) ? last["errno="u8.Length..] : default;
        return Utf8Parser.TryParse(number, out errno, out var used) && used == number.Length;
    }

    private static void AppendPrivateKey(PooledBytes text, PrivateKey privateKey)
    {
        Span<byte> key = stackalloc byte[WireGuardKey.Length];
        privateKey.CopyTo(key);
        text.Append("private_key="u8);
        text.AppendHex(key);
        text.Append("\n"u8);
        key.Clear();
    }

    private static void AppendPeer(PooledBytes text, PeerChange peer)
    {
        Span<byte> key = stackalloc byte[WireGuardKey.Length];
        peer.PublicKey.CopyTo(key);
        text.Append("public_key="u8);
        text.AppendHex(key);
        text.Append("\n"u8);

        if (peer.Remove)
        {
            text.Append("remove=true\n"u8);
            return;
        }

        if (peer.UpdateOnly)
            text.Append("update_only=true\n"u8);

        if (peer.Endpoint is { } endpoint)
            AppendEndpoint(text, endpoint);

        if (peer.KeepaliveSeconds is { } keepalive)
            AppendNumber(text, "persistent_keepalive_interval="u8, keepalive);

        if (peer.PresharedKey is { } presharedKey)
        {
            presharedKey.CopyTo(key);
            text.Append("preshared_key="u8);
            text.AppendHex(key);
            text.Append("\n"u8);
            key.Clear();
        }

        if (peer.AllowedIps is not { } networks)
            return;

        text.Append("replace_allowed_ips=true\n"u8);

        // foreach would allocate an enumerator for each of thousands of peers.
        for (var i = 0; i < networks.Count; i++)
        {
            text.Append("allowed_ip="u8);
            text.Append(networks[i]);
            text.Append("\n"u8);
        }
    }

    private static void AppendNumber(PooledBytes text, ReadOnlySpan<byte> key, int number)
    {
        text.Append(key);
        text.Append(number);
        text.Append("\n"u8);
    }

    private static void AppendEndpoint(PooledBytes text, IPEndPoint endpoint)
    {
        var isV6 = endpoint.AddressFamily == AddressFamily.InterNetworkV6;
        text.Append(isV6 ? "endpoint=["u8 : "endpoint="u8);
        text.Append(endpoint.Address);
        text.Append(isV6 ? "]:"u8 : ":"u8);
        text.Append(endpoint.Port);
        text.Append("\n"u8);
    }
}
