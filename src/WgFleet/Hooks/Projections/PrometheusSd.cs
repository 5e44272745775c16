using System.Buffers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using WgFleet.Config;

namespace WgFleet.Hooks.Projections;

/// <summary>Keeps a Prometheus file_sd file up to date, with an exporter on each named client.</summary>
/// <remarks>The format: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#file_sd_config</remarks>
[Hook("prometheus_sd", Await = true, NamedOnly = true)]
internal sealed class PrometheusSd(ServerConfig config) : IProjection
{
    // A run takes it away while using it, because a hanging run may still be active.
    private KeptText? _kept;
    private ArrayBufferWriter<byte>? _spare;

    /// <inheritdoc/>
    public ValueTask ProjectAsync(FleetState state, ProjectionContext context, CancellationToken cancellationToken)
    {
        var kept = Interlocked.Exchange(ref _kept, null) ?? new(WriteTarget);
        var text = Interlocked.Exchange(ref _spare, null) ?? new(4096);
        var targets = kept.Of(state.Clients).Span;

        text.ResetWrittenCount();
        text.Write(targets.IsEmpty ? "[]"u8 : "["u8);
        if (!targets.IsEmpty)
        {
            // The last target has no comma behind it.
            text.Write(targets[..^1]);
            text.Write("\n]"u8);
        }

        context.Files.Replace(config.PrometheusFile, text.WrittenSpan);
        (_kept, _spare) = (kept, text);
        return ValueTask.CompletedTask;
    }

    /// <summary>Whether a text is a list of targets as only this hook writes it, or the Python server's.</summary>
    public static bool Recognizes(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Array && json.RootElement.EnumerateArray().All(target =>
                target.ValueKind == JsonValueKind.Object && target.TryGetProperty("labels", out var labels) && labels.ValueKind == JsonValueKind.Object
                && labels.TryGetProperty("job", out var job) && job.ValueEquals("node_exporter") && labels.TryGetProperty("hostname", out _) && labels.TryGetProperty("fleet", out _));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // Written by hand, so that a target can be kept as text. Names hold nothing that JSON must escape.
    private void WriteTarget(Client client, ArrayBufferWriter<byte> text)
    {
        if (client.Hostname is not { } name)
            return;

        Span<byte> target = stackalloc byte[64];
        text.Write("\n  {\n    \"targets\": [\n      \""u8);
        text.Write(target[..Target(client, target)]);
        text.Write("\"\n    ],\n    \"labels\": {\n      \"job\": \"node_exporter\",\n      \"hostname\": \""u8);
        Encoding.UTF8.GetBytes(name, text);
        text.Write("\",\n      \"fleet\": \""u8);
        Encoding.UTF8.GetBytes(client.Fleet, text);
        text.Write("\"\n    }\n  },"u8);
    }

    /// <summary>Writes address:port, an IPv6 address in brackets; its length.</summary>
    private int Target(Client client, Span<byte> target)
    {
        var length = 0;
        var bracketed = client.Address.AddressFamily == AddressFamily.InterNetworkV6;
        if (bracketed)
            target[length++] = (byte)'[';

        client.Address.TryFormat(target[length..], out var written);
        length += written;
        if (bracketed)
            target[length++] = (byte)']';

        target[length++] = (byte)':';
        config.PrometheusPort.TryFormat(target[length..], out written);
        return length + written;
    }
}
