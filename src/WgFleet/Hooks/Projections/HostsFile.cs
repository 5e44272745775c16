using System.Buffers;
using System.Net;
using System.Text;
using WgFleet.Config;

namespace WgFleet.Hooks.Projections;

/// <summary>Keeps a hosts(5) file up to date with the named clients of all fleets.</summary>
[Hook("hosts_file", Await = true, NamedOnly = true)]
internal sealed class HostsFile(ServerConfig config) : IProjection
{
    // Kept from run to run, because it is large with many clients; a run takes it away while using it, because a hanging run may still be active.
    private ArrayBufferWriter<byte>? _spare;

    /// <inheritdoc/>
    public ValueTask ProjectAsync(FleetState state, ProjectionContext context, CancellationToken cancellationToken)
    {
        var text = Interlocked.Exchange(ref _spare, null) ?? new(4096);
        text.ResetWrittenCount();
        Render(state, text);
        context.Files.Replace(config.HostsFile, text.WrittenSpan);
        _spare = text;
        return ValueTask.CompletedTask;
    }

    /// <summary>Whether a text has nothing but names of this domain with their IPv6 addresses, as only this hook writes it, or the Python server's.</summary>
    public static bool Recognizes(string text, string domain) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).All(line =>
        line.Split(' ') is [var address, var name] && address.Contains(':') && IPAddress.TryParse(address, out _) && name.EndsWith($".{domain}", StringComparison.Ordinal));

    private static void Render(FleetState state, ArrayBufferWriter<byte> text)
    {
        foreach (var client in state.Clients)
        {
            if (client.Fqdn is not { } name)
                continue;

            // 45 bytes hold any address; names are ASCII.
            var line = text.GetSpan(45 + 1 + Encoding.UTF8.GetMaxByteCount(name.Length) + 1);
            client.Address.TryFormat(line, out var length);
            line[length++] = (byte)' ';
            length += Encoding.UTF8.GetBytes(name, line[length..]);
            line[length++] = (byte)'\n';
            text.Advance(length);
        }

        // Never an empty file: the Python server writes a line break, and readers may expect it.
        if (text.WrittenCount == 0)
            text.Write("\n"u8);
    }
}
