using System.Globalization;
using WgFleet.Benchmarks.Gateways;
using WgFleet.Benchmarks.Limits;
using WgFleet.Benchmarks.Load;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>Our server and the limit program, both running with the same number of clients.</summary>
internal sealed class Pair : IAsyncDisposable
{
    private readonly Gateway _gateway;
    private readonly IReadOnlyList<KnownClient> _clients;
    private readonly byte[][] _pings;
    private ServerProcess _ours = null!;
    private LimitProcess _limit = null!;
    private int _pageLength;
    private int _number;

    private Pair(int clients, string config)
    {
        _gateway = new Gateway(config);
        _clients = _gateway.Know(clients, Names.Web);

        // Only the other clients change their names: otherwise a ping with the old name would be another change.
        _pings = [.. _clients.Take(clients / 2).Select(c => Requests.Ping(c.Address, c.Hostname))];
    }

    public static async Task<Pair> StartAsync(int clients, string config, CancellationToken cancellationToken)
    {
        var pair = new Pair(clients, config);
        try
        {
            pair._limit = await LimitProcess.StartAsync(clients, cancellationToken);
            pair._ours = await pair._gateway.StartAsync(cancellationToken);
            using var one = HttpConnection.Open(Gateway.EndPoint);
            one.Send(Requests.Page);
            pair._pageLength = one.AnswerLength;

            // Time for both programs to compile their hot code.
            foreach (var path in new[] { "ping", "page", "rename" })
                await pair.RunAsync(path, 8, 1, TimeSpan.FromMilliseconds(500), cancellationToken);

            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    /// <summary>Puts this load on both, in turns.</summary>
    public Task<Duel> RunAsync(string path, int callers, int rounds, TimeSpan time, CancellationToken cancellationToken)
    {
        var minimal = LimitProcess.Request(path switch
        {
            "ping" => "/",
            "page" => string.Create(CultureInfo.InvariantCulture, $"/page?{_pageLength}"),
            _ => $"/{path}",
        });

        // As many for both, so that one's table does not outgrow the other's by much.
        var most = path == "register" ? 1_500 : int.MaxValue;
        return Duel.RunAsync(
            new(_ours, Gateway.EndPoint, Ours(path), most), new(_limit.Process, LimitServer.EndPoint, () => minimal, most),
            callers, rounds, time, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        if (_limit is not null)
            await _limit.DisposeAsync();
    }

    private Func<byte[]> Ours(string path) => path switch
    {
        "ping" => () => _pings[Next() % _pings.Length],
        "page" => () => Requests.Page,
        "register" => () => Requests.Register,
        "rename" or "sd" => () => Next() is var n ? Requests.Ping(_clients[_pings.Length + n % (_clients.Count - _pings.Length)].Address, $"again-{n}") : null!,
        _ => throw new ArgumentException($"no path '{path}'", nameof(path)),
    };

    private int Next() => Interlocked.Increment(ref _number) & int.MaxValue;
}
