using System.Text;
using WgFleet.Fleets.State;

namespace WgFleet.Dashboard.ClientLists;

/// <summary>A client list as CSV (RFC 4180), with all that its filter finds on all pages, in its order.</summary>
internal static class ClientCsv
{
    private const string Header = "fleet,name,full_name,address,public_key,source,state,pinned,registered,last_seen,last_handshake,received_bytes,sent_bytes,tags\r\n";

    /// <summary>How many rows are written at once.</summary>
    private const int Portion = 500;

    public static async Task SendAsync(HttpContext context, string name, IReadOnlyList<FleetSnapshot> fleets, string domain, DateTimeOffset now)
    {
        var clients = ClientSelection.AllOf(fleets, ClientQuery.From(context.Request.Query), domain, now);
        var response = context.Response;
        response.ContentType = "text/csv; charset=utf-8; header=present";
        response.Headers.ContentDisposition = $"attachment; filename={name}.csv";
        response.Headers.CacheControl = "no-store";
        await response.WriteAsync(Header, context.RequestAborted);
        foreach (var portion in clients.Chunk(Portion))
        {
            var text = new StringBuilder();
            foreach (var client in portion)
                Append(text, client, domain, now);

            await response.WriteAsync(text.ToString(), context.RequestAborted);
        }
    }

    private static void Append(StringBuilder text, RegisteredClient client, string domain, DateTimeOffset now)
    {
        var liveness = client.Liveness;
        text.Append(client.Fleet).Append(',').Append(client.Hostname).Append(',').Append(client.ToClient(domain).Fqdn).Append(',').Append(client.Address).Append(',').Append(client.PublicKey).Append(',')
            .Append(Field(client.RequestAddress)).Append(',').Append(liveness.IsOnline(now) ? "online" : "offline").Append(',').Append(client.Pinned is null ? "no" : "yes").Append(',')
            .Append(Time(client.RegisteredAt)).Append(',').Append(Time(liveness.LastSeen)).Append(',').Append(liveness.LastHandshake is { } at ? Time(at) : "").Append(',')
            .Append(liveness.ReceivedBytes).Append(',').Append(liveness.SentBytes).Append(',')
            .Append(Field(string.Join(' ', client.Tags.Select(t => $"{t.Key}={t.Value}")))).Append("\r\n");
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ");

    /// <summary>A text from outside: quoted, and never a formula to a spreadsheet.</summary>
    private static string Field(string text)
    {
        if (text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r')
            text = "'" + text;

        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
