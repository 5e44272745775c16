using System.Buffers;
using System.Net;
using System.Text;
using WgFleet.Config;

namespace WgFleet.Hooks;

/// <summary>Keeps a hosts(5) file in step with the named clients of all fleets.</summary>
[Hook("hosts_file", Await = true)]
internal sealed class HostsFile(ServerConfig config) : IProjection
{
    /// <inheritdoc/>
    public ValueTask ProjectAsync(FleetState state, ProjectionContext context, CancellationToken cancellationToken)
    {
        context.Files.Replace(config.HostsFile, Render(state).WrittenSpan);
        return ValueTask.CompletedTask;
    }

    private static ArrayBufferWriter<byte> Render(FleetState state)
    {
        var text = new ArrayBufferWriter<byte>(4096);
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

        // Never an empty file: programs that read the Python server's find a line break.
        if (text.WrittenCount == 0)
            text.Write("\n"u8);

        return text;
    }
}
