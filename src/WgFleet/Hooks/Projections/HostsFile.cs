using System.Buffers;
using System.Net;
using System.Text;
using WgFleet.Config;

namespace WgFleet.Hooks.Projections;

/// <summary>Keeps a hosts(5) file up to date with the named clients of all fleets.</summary>
[Hook("hosts_file", Await = true, NamedOnly = true)]
internal sealed class HostsFile(ServerConfig config) : IProjection
{
    // A run takes it away while using it, because a hanging run may still be active.
    private KeptText? _kept;

    /// <inheritdoc/>
    public ValueTask ProjectAsync(FleetState state, ProjectionContext context, CancellationToken cancellationToken)
    {
        var kept = Interlocked.Exchange(ref _kept, null) ?? new(WriteLine);
        var text = kept.Of(state.Clients).Span;

        // Never an empty file: the Python server writes a line break, and readers may expect it.
        context.Files.Replace(config.HostsFile, text.IsEmpty ? "\n"u8 : text);
        _kept = kept;
        return ValueTask.CompletedTask;
    }

    /// <summary>Whether a text has nothing but names of this domain with addresses that this hook writes for them, as only this hook writes it, or the Python server's.</summary>
    public static bool Recognizes(string text, ServerConfig config) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).All(line =>
        line.Split(' ') is [var address, var name] && IPAddress.TryParse(address, out var ip) && name.EndsWith($".{config.Domain}", StringComparison.Ordinal)
            && (address.Contains(':') || config.Fleets.Any(f => f.Network4 is { } network && network.Subnet.Contains(ip))));

    private static void WriteLine(Client client, ArrayBufferWriter<byte> text)
    {
        if (client.Fqdn is not { } name)
            return;

        foreach (var address in client.Addresses)
        {
            // 45 bytes hold any address; names are ASCII.
            var line = text.GetSpan(45 + 1 + Encoding.UTF8.GetMaxByteCount(name.Length) + 1);
            address.TryFormat(line, out var length);
            line[length++] = (byte)' ';
            length += Encoding.UTF8.GetBytes(name, line[length..]);
            line[length++] = (byte)'\n';
            text.Advance(length);
        }
    }
}
