using System.Buffers;
using System.Net.Sockets;
using System.Text.Encodings.Web;
using System.Text.Json;
using WgFleet.Config;

namespace WgFleet.Hooks.Projections;

/// <summary>Keeps a Prometheus file_sd file up to date, with an exporter on each named client.</summary>
/// <remarks>The format: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#file_sd_config</remarks>
[Hook("prometheus_sd", Await = true, NamedOnly = true)]
internal sealed class PrometheusSd(ServerConfig config) : IProjection
{
    private static readonly JsonWriterOptions Layout = new()
    {
        Indented = true,
        IndentSize = 2,
        NewLine = "\n",
        // Names hold nothing that JSON must escape; the default would also escape the + that a fleet's name may hold.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    // Kept from run to run, as the text of the hosts file is.
    private ArrayBufferWriter<byte>? _spare;

    /// <inheritdoc/>
    public ValueTask ProjectAsync(FleetState state, ProjectionContext context, CancellationToken cancellationToken)
    {
        var text = Interlocked.Exchange(ref _spare, null) ?? new(4096);
        text.ResetWrittenCount();
        Render(state, text);
        context.Files.Replace(config.PrometheusFile, text.WrittenSpan);
        _spare = text;
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

    private void Render(FleetState state, ArrayBufferWriter<byte> text)
    {
        using var json = new Utf8JsonWriter(text, Layout);
        Span<byte> target = stackalloc byte[64];

        json.WriteStartArray();
        foreach (var client in state.Clients)
        {
            if (client.Hostname is not { } name)
                continue;

            json.WriteStartObject();
            json.WriteStartArray("targets"u8);
            json.WriteStringValue(target[..Target(client, target)]);
            json.WriteEndArray();
            json.WriteStartObject("labels"u8);
            json.WriteString("job"u8, "node_exporter"u8);
            json.WriteString("hostname"u8, name);
            json.WriteString("fleet"u8, client.Fleet);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.Flush();
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
