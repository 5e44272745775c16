using System.Runtime.CompilerServices;
using WgFleet.WireGuard.Linux;
using WgFleet.WireGuard.Netlink;

namespace WgFleet.WireGuard.Links;

/// <summary>Listens to the kernel's notifications about interfaces and addresses, on a thread of its own.</summary>
internal sealed class InterfaceWatcher : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _signal = new(0);
    private readonly Dictionary<int, string> _names = [];
    private HashSet<string> _changed = [];
    private bool _everything = true;
    private Exception? _failure;
    private bool _ended;

    private InterfaceWatcher()
    {
    }

    /// <summary>Returns the merged changes since the last report, the first one at once.</summary>
    /// <param name="open">Opens a socket that gets the notifications.</param>
    /// <param name="list">Lists the interfaces that exist when the watch begins; notifications about addresses name them by index only.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    public static async IAsyncEnumerable<ChangedInterfaces> WatchAsync(
        Func<INetlinkSocket> open, Func<Task<IEnumerable<InterfaceState>>> list, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var watcher = new InterfaceWatcher();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        INetlinkSocket socket;
        try
        {
            socket = open();
        }
        catch (NetlinkException e)
        {
            throw RouteClient.Explain("interfaces", e);
        }

        using (socket)
        {
            foreach (var existing in await list())
                watcher._names[existing.Index] = existing.Name;

            var listening = Task.Factory.StartNew(
                () => watcher.Listen(socket, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            try
            {
                watcher._signal.Release();
                while (true)
                {
                    await watcher._signal.WaitAsync(cancellationToken);

                    // The listener ends with the watch, and may be the first to say so.
                    cancellationToken.ThrowIfCancellationRequested();
                    if (watcher.TakeChanges() is { } changes)
                        yield return changes;
                }
            }
            finally
            {
                await stop.CancelAsync();
                await listening;
            }
        }
    }

    public void Dispose() => _signal.Dispose();

    private ChangedInterfaces? TakeChanges()
    {
        lock (_lock)
        {
            if (_everything || _changed.Count > 0)
            {
                var changes = new ChangedInterfaces(_everything, _changed);
                (_everything, _changed) = (false, []);
                return changes;
            }

            if (_ended)
                throw new WireGuardException($"the kernel's notifications about interfaces ended: {_failure?.Message}", _failure);

            return null;
        }
    }

    /// <summary>Receives notifications until the token is cancelled or the socket fails for good.</summary>
    private void Listen(INetlinkSocket socket, CancellationToken cancellationToken)
    {
        // The kernel puts one notification into each datagram; a page holds the longest.
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                try
                {
                    var length = socket.Receive(buffer, cancellationToken);
                    Read(buffer.AsSpan(0, length));
                }
                catch (NetlinkException e) when (e.Errno is Errno.NoBuffers or Errno.MessageTooLong)
                {
                    ReportEverything();
                }
                catch (FormatException)
                {
                    // A notification that cannot be read may be about any interface.
                    ReportEverything();
                }
            }
        }
        catch (Exception e)
        {
            lock (_lock)
                (_ended, _failure) = (true, e);

            _signal.Release();
        }
    }

    private void Read(ReadOnlySpan<byte> datagram)
    {
        var message = new MessageReader(datagram);
        while (message.Next())
        {
            switch (message.Type)
            {
                case RouteConstants.NewLink or RouteConstants.DeleteLink:
                    var link = LinkReader.ReadLink(message.Payload);
                    if (_names.TryGetValue(link.Index, out var before) && before != link.Name)
                        Report(before);

                    // The index is kept after a deletion, as the notifications about lost addresses may follow.
                    _names[link.Index] = link.Name;
                    Report(link.Name);
                    break;
                case RouteConstants.NewAddress or RouteConstants.DeleteAddress:
                    LinkReader.ReadAddress(message.Payload, out var index);
                    if (_names.TryGetValue(index, out var name))
                        Report(name);
                    else
                        ReportEverything();

                    break;
            }
        }
    }

    private void Report(string name)
    {
        bool first;
        lock (_lock)
            first = _changed.Add(name) && _changed.Count == 1 && !_everything;

        if (first)
            _signal.Release();
    }

    private void ReportEverything()
    {
        bool first;
        lock (_lock)
        {
            first = !_everything && _changed.Count == 0;
            _everything = true;
        }

        if (first)
            _signal.Release();
    }
}
