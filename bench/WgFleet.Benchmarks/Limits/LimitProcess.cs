using System.Diagnostics;
using System.Text;
using WgFleet.Benchmarks.Gateways;

namespace WgFleet.Benchmarks.Limits;

/// <summary>A running <see cref="LimitServer"/> with its directory and its interface.</summary>
internal sealed class LimitProcess : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wg-fleet-limit-").FullName;
    private readonly ServerProcess _process;

    private LimitProcess(int clients) =>
        _process = ServerProcess.Start([Environment.ProcessPath!, LimitServer.Command, _folder, $"{clients}"], Path.Combine(_folder, "log"));

    public ServerProcess Process => _process;

    /// <summary>Starts the program with this number of clients, and waits until it answers.</summary>
    public static async Task<LimitProcess> StartAsync(int clients, CancellationToken cancellationToken)
    {
        var limit = new LimitProcess(clients);
        await limit._process.AnswersAsync(LimitServer.EndPoint, Request("/"), cancellationToken);
        return limit;
    }

    /// <summary>A request for one of the program's paths, with the body of a ping.</summary>
    public static byte[] Request(string path)
    {
        const string body = """{"hostname":"web-00000"}""";
        return Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:8001\r\nX-Forwarded-For: fd00:be::1\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        using (var ip = System.Diagnostics.Process.Start(new ProcessStartInfo("ip", ["link", "del", LimitServer.Interface]) { RedirectStandardError = true })!)
            await ip.WaitForExitAsync();

        Directory.Delete(_folder, recursive: true);
    }
}
