using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace WgFleet.Cli.Rehearsals;

/// <summary>Sends the requests of the machines to the rehearsal's gateway, as a proxy on it would, and measures them. Safe for concurrent use.</summary>
internal sealed class MachineRequests(string fleet, Measurements measurements) : IDisposable
{
    // Like the join script's curl: a connection for each request, 10 s to connect, 20 s in all.
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        PooledConnectionLifetime = TimeSpan.Zero, ConnectTimeout = TimeSpan.FromSeconds(10), UseProxy = false, AllowAutoRedirect = false, UseCookies = false,
    })
    {
        BaseAddress = new Uri($"http://{RehearsalConfig.Gateway}"),
        Timeout = TimeSpan.FromSeconds(20),
    };

    /// <summary>Sends one request; returns its answer, or null if there is none.</summary>
    /// <param name="kind">One of <see cref="RequestKinds"/>.</param>
    /// <param name="path">What follows the fleet in the path.</param>
    /// <param name="source">The address that the machine has.</param>
    /// <param name="machine">What the machine says of itself in the header.</param>
    /// <param name="body">JSON.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<MachineAnswer?> SendAsync(string kind, string path, string source, string machine, string body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/fleet/{fleet}/{path}");
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", source);
        request.Headers.TryAddWithoutValidation("Wg-Fleet-Machine", machine);
        var begin = Stopwatch.GetTimestamp();
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            var answer = new MachineAnswer(
                (int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken), Header(response, "Wg-Fleet-Hostname"),
                double.TryParse(Header(response, "Retry-After"), CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero);
            measurements.Add(kind, begin, answer.Status);
            return answer;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            measurements.Add(kind, begin, null);
            return null;
        }
    }

    public void Dispose() => _http.Dispose();

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}

/// <summary>The gateway's answer to a machine.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body.</param>
/// <param name="Hostname">The full name that the machine has; null if the answer does not say.</param>
/// <param name="RetryAfter">How long the machine is to wait; zero if the answer does not say.</param>
internal sealed record MachineAnswer(int Status, string Body, string? Hostname, TimeSpan RetryAfter)
{
    public bool IsOk => Status == 200;
}
