using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace WgFleet.Benchmarks.Gateways;

/// <summary>
/// A simulated WireGuard in its own process: its UAPI socket only keeps a list of peers. For more peers than the
/// machine has memory for tunnels. Live peers have a handshake every 120 s and a keepalive of 32 bytes every 25 s. See https://www.wireguard.com/xplatform/.
/// </summary>
internal static class SimulatedWireGuard
{
    /// <summary>The command of this program that runs it.</summary>
    public const string Command = "simulated-wireguard";

    private static readonly byte[] Good = "errno=0\n\n"u8.ToArray();

    public static string SocketOf(string interfaceName) => $"/var/run/wireguard/{interfaceName}.sock";

    /// <summary>Answers requests for an interface until it is told to stop.</summary>
    public static async Task RunAsync(string interfaceName, bool alive, CancellationToken cancellationToken)
    {
        // The server adds an address to its interface, so there must be an interface, although it carries no packets.
        using (var ip = Process.Start("ip", ["tuntap", "add", "dev", interfaceName, "mode", "tun"]))
            await ip.WaitForExitAsync(cancellationToken);

        var peers = new PeerList(alive);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        Directory.CreateDirectory(Path.GetDirectoryName(SocketOf(interfaceName))!);
        File.Delete(SocketOf(interfaceName));
        listener.Bind(new UnixDomainSocketEndPoint(SocketOf(interfaceName)));
        listener.Listen();
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptAsync(cancellationToken), peers);
        }
        catch (OperationCanceledException)
        {
            File.Delete(SocketOf(interfaceName));
        }
    }

    private static async Task ServeAsync(Socket socket, PeerList peers)
    {
        using var stream = new NetworkStream(socket, ownsSocket: true);
        using var reader = new StreamReader(stream, Encoding.ASCII, detectEncodingFromByteOrderMarks: false, 64 * 1024);
        var request = new List<string>();
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.Length > 0)
            {
                request.Add(line);
                continue;
            }

            if (request is ["get=1"])
                await stream.WriteAsync(peers.Dump());
            else
                peers.Change(request);

            await stream.WriteAsync(Good);
            request.Clear();
        }
    }

    /// <summary>The peers and their networks, and the two lines about the interface that the server needs.</summary>
    private sealed class PeerList(bool alive)
    {
        private const int Rekey = 120, Keepalive = 25, KeepaliveBytes = 32;

        private readonly long _start = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        private readonly Dictionary<string, string> _peers = [];
        private readonly Lock _lock = new();

        public byte[] Dump()
        {
            lock (_lock)
            {
                var text = new StringBuilder($"private_key={new string('1', 64)}\nlisten_port=51820\n", 80 + 230 * _peers.Count);
                var (now, number) = (DateTimeOffset.UtcNow.ToUnixTimeSeconds(), 0);
                foreach (var (key, network) in _peers)
                {
                    // Not all of them at the same second.
                    var lived = now - _start + number++;
                    text.Append("public_key=").Append(key).Append("\npreshared_key=").Append('0', 64)
                        .Append("\nprotocol_version=1\nlast_handshake_time_sec=").Append(alive ? now - (lived % Rekey) : 0)
                        .Append("\nlast_handshake_time_nsec=0\ntx_bytes=0\nrx_bytes=").Append(alive ? lived / Keepalive * KeepaliveBytes : 0)
                        .Append("\npersistent_keepalive_interval=0\nallowed_ip=").Append(network).Append('\n');
                }

                return Encoding.ASCII.GetBytes(text.ToString());
            }
        }

        public void Change(List<string> lines)
        {
            lock (_lock)
            {
                var peer = "";
                foreach (var line in lines)
                {
                    if (line.StartsWith("public_key=", StringComparison.Ordinal))
                        _peers.TryAdd(peer = line["public_key=".Length..], "::/128");
                    else if (line.StartsWith("allowed_ip=", StringComparison.Ordinal))
                        _peers[peer] = line["allowed_ip=".Length..];
                    else if (line == "remove=true")
                        _peers.Remove(peer);
                }
            }
        }
    }
}
