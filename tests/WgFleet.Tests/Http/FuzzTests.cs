using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using WgFleet.Config;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http;

/// <summary>
/// Thousands of requests that something is wrong with, sent as bytes: each is answered or hung up on, none by a fault of ours. WG_FLEET_FUZZ_SEED
/// and WG_FLEET_FUZZ_COUNT choose others and more. Alone: memory is the whole process's.
/// </summary>
[Collection(nameof(WholeProcess))]
public partial class FuzzTests(ITestOutputHelper output)
{
    private const int Seed = 20261122;
    private const int Count = 3000;
    private const long MiB = 1 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Hang = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Random_requests_cause_no_fault_no_hang_and_no_leak()
    {
        var (first, count) = (Setting("WG_FLEET_FUZZ_SEED", Seed), Setting("WG_FLEET_FUZZ_COUNT", Count));
        output.WriteLine($"seed {first}, {count} requests");
        await using var server = await StartAsync(c => c with
        {
            Fleets = [c.Fleets[0], c.Fleets[1] with { Enrollment = new EnrollmentConfig { NeedsToken = true, SourceRate = new Rate(1_000_000, TimeSpan.FromSeconds(1)) } }],
        });
        var address = server.Addresses[0];
        await SendAsync(address, first, count / 10);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var statuses = await SendAsync(address, first + (count / 10), count);

        output.WriteLine(string.Join(", ", statuses.GroupBy(s => s).OrderBy(g => g.Key).Select(g => $"{g.Key}: {g.Count()}")));
        (await server.SendAsync(HttpMethod.Get, "/healthz")).Status.ShouldBe(200);
        server.Log.At(LogLevel.Error).ShouldBeEmpty();
        server.Log.At(LogLevel.Critical).ShouldBeEmpty();
        server.Registry.Current.Fleet("beta")!.Count.ShouldBe(0);

        // It is worth something only where much of it gets through to what is ours.
        foreach (var status in new[] { 200, 400, 401, 403, 404, 405, 422 })
            statuses.ShouldContain(status);
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(64 * MiB);
    }

    [Fact]
    public void The_same_seed_makes_the_same_request() => new FuzzRequest(7).Bytes().ShouldBe(new FuzzRequest(7).Bytes());

    /// <summary>Sends the requests with these numbers, some at a time; gives the statuses, 0 where there was no answer.</summary>
    private static async Task<List<int>> SendAsync(Uri server, int first, int count)
    {
        var statuses = new int[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Ct }, async (i, _) =>
        {
            var number = first + i;
            string answer;
            try
            {
                answer = await SendAsync(server, new FuzzRequest(number).Bytes()).WaitAsync(Hang, Ct);
            }
            catch (TimeoutException)
            {
                throw new TimeoutException($"request {number} hangs: {Shown(number)}");
            }

            statuses[i] = Status(answer, number);
        });
        return [.. statuses];
    }

    private static async Task<string> SendAsync(Uri server, byte[] request)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.Host, server.Port, Ct);
        using var answer = new MemoryStream();
        try
        {
            await socket.SendAsync(request, Ct);
            var buffer = new byte[8192];
            var first = socket.ReceiveAsync(buffer, Ct).AsTask();

            // What is cut short has no answer to wait for, and what has one may keep the connection open for another request.
            await Task.WhenAny(first, Task.Delay(Patience, Ct));
            socket.Shutdown(SocketShutdown.Send);
            for (var count = await first; count > 0; count = await socket.ReceiveAsync(buffer, Ct))
                answer.Write(buffer, 0, count);
        }
        catch (SocketException)
        {
            // The server need not read to the end what it has refused.
        }

        return Encoding.Latin1.GetString(answer.ToArray());
    }

    private static int Status(string answer, int number)
    {
        foreach (Match status in StatusLine().Matches(answer))
            status.Groups[1].Value.ShouldNotBe("500", $"request {number}: {Shown(number)}");

        return StatusLine().Match(answer) is { Success: true, Index: 0 } line ? int.Parse(line.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0;
    }

    private static string Shown(int number) => Encoding.Latin1.GetString(new FuzzRequest(number).Bytes());

    private static int Setting(string name, int byDefault) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : byDefault;

    [GeneratedRegex(@"HTTP/1\.[01] ([0-9]{3}) ")]
    private static partial Regex StatusLine();
}
