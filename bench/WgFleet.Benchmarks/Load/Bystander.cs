using System.Diagnostics;
using System.Net;

namespace WgFleet.Benchmarks.Load;

/// <summary>
/// A client that is not part of the load. It sends a request every few milliseconds and measures the waits, on a
/// thread of its own that blocks, so that the work of the load generator is not counted as a wait.
/// </summary>
internal sealed class Bystander : IDisposable
{
    private readonly HttpConnection _connection;
    private readonly Func<int, byte[]> _request;
    private readonly TimeSpan _pause;
    private readonly Thread _thread;
    private readonly Waits _waits = new();
    private readonly long _started = Stopwatch.GetTimestamp();
    private volatile bool _ending;
    private Exception? _failure;

    public Bystander(IPEndPoint to, Func<int, byte[]> request, TimeSpan pause)
    {
        _connection = HttpConnection.Open(to);
        _request = request;
        _pause = pause;
        _thread = new Thread(Run) { IsBackground = true, Priority = ThreadPriority.Highest, Name = "bystander" };
        _thread.Start();
    }

    /// <summary>Stops after the request under way; returns how long the requests waited.</summary>
    /// <exception cref="IOException">The server closed the connection.</exception>
    public LoadResult Finish()
    {
        _ending = true;
        _thread.Join();
        return _failure is null
            ? LoadResult.Of(Stopwatch.GetElapsedTime(_started), _waits)
            : throw new IOException($"a client beside the load got no answer: {_failure.Message}", _failure);
    }

    public void Dispose()
    {
        _ending = true;
        _thread.Join();
        _connection.Dispose();
    }

    private void Run()
    {
        try
        {
            for (var number = 0; !_ending; number++)
            {
                var sent = Stopwatch.GetTimestamp();
                var status = _connection.Send(_request(number));
                _waits.Add(Stopwatch.GetElapsedTime(sent), status == 200);
                Thread.Sleep(_pause);
            }
        }
        catch (Exception e)
        {
            _failure = e;
        }
    }
}
