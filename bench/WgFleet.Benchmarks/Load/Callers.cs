using System.Diagnostics;
using System.Net;

namespace WgFleet.Benchmarks.Load;

/// <summary>A number of callers, each with its own connection; each sends its next request when the last is answered.</summary>
internal static class Callers
{
    /// <summary>Sends requests until the maximum number is reached or the time is over.</summary>
    /// <param name="to">The server.</param>
    /// <param name="callers">How many at a time.</param>
    /// <param name="requests">The maximum number of requests of all callers together.</param>
    /// <param name="time">The maximum time.</param>
    /// <param name="request">Returns the request with this number; called by many threads at once.</param>
    /// <param name="cancellationToken">Ends it with an exception.</param>
    public static async Task<LoadResult> RunAsync(
        IPEndPoint to, int callers, int requests, TimeSpan time, Func<int, byte[]> request, CancellationToken cancellationToken)
    {
        var connections = Enumerable.Range(0, callers).Select(_ => HttpConnection.Open(to)).ToList();
        try
        {
            var next = -1;
            var start = Stopwatch.GetTimestamp();
            var waits = await Task.WhenAll(connections.Select(connection => Task.Run(() => CallAsync(connection), cancellationToken)));
            return LoadResult.Of(Stopwatch.GetElapsedTime(start), waits);

            async Task<Waits> CallAsync(HttpConnection connection)
            {
                var mine = new Waits();
                while (Interlocked.Increment(ref next) is var number && number < requests && Stopwatch.GetElapsedTime(start) < time)
                {
                    var sent = Stopwatch.GetTimestamp();
                    var status = await connection.SendAsync(request(number), cancellationToken);
                    mine.Add(Stopwatch.GetElapsedTime(sent), status == 200);
                }

                return mine;
            }
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }
}
