using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace WgFleet.BrowserTests.Harness;

/// <summary>The connections between a browser and a server, which a test can hold or cut. While held, nothing gets through and nothing is closed.</summary>
internal sealed class Cable : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, bool> _ends = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Uri _server;
    private readonly Task _accepting;
    private volatile TaskCompletionSource _passes = Done();
    private volatile bool _isCut;

    public Cable(Uri server)
    {
        _server = server;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync();
    }

    /// <summary>Where a browser finds the server.</summary>
    public Uri Address { get; }

    /// <summary>As a server that hangs, or a network that swallows everything.</summary>
    public void Hold() => _passes = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>As a server that has ended: connections are closed, and new ones too.</summary>
    public void Cut()
    {
        _isCut = true;
        foreach (var end in _ends.Keys)
            end.Close();
    }

    /// <summary>Everything works again.</summary>
    public void Mend()
    {
        _isCut = false;
        _passes.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        await _stopping.CancelAsync();
        _passes.TrySetResult();
        _listener.Stop();
        await _accepting;
        _stopping.Dispose();
    }

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token));
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient browser)
    {
        using var server = new TcpClient();
        using (browser)
        {
            try
            {
                (_ends[browser], _ends[server]) = (true, true);
                await _passes.Task;
                if (_isCut)
                    return;

                await server.ConnectAsync(_server.Host, _server.Port, _stopping.Token);
                await Task.WhenAny(PassAsync(browser.GetStream(), server.GetStream()), PassAsync(server.GetStream(), browser.GetStream()));
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
            {
                // One of the ends has closed.
            }
            finally
            {
                _ends.TryRemove(browser, out _);
                _ends.TryRemove(server, out _);
            }
        }
    }

    private async Task PassAsync(NetworkStream from, NetworkStream to)
    {
        var bytes = new byte[16 * 1024];
        while (await from.ReadAsync(bytes, _stopping.Token) is > 0 and var count)
        {
            await _passes.Task;
            await to.WriteAsync(bytes.AsMemory(0, count), _stopping.Token);
        }
    }
}
