using System.Globalization;
using System.Net;
using System.Threading.Channels;
using WgFleet.WireGuard;

namespace WgFleet.Benchmarks.Limits;

/// <summary>
/// Makes changes as cheaply as possible: all waiting changes go into one commit, one message to WireGuard and one write of the files.
/// The server batches its changes too; with one commit for each change the limit would be too low.
/// </summary>
internal sealed class LimitWriter(LimitStore store, IWireGuard wireGuard, string interfaceName, int clients)
{
    private const int MaxBatch = 512;

    // Lines as long as the server's, 46 and 180 bytes for each client, changed in place.
    private readonly byte[] _hosts = new byte[46 * clients];
    private readonly byte[] _targets = new byte[180 * clients];
    private readonly Channel<Change> _queue = Channel.CreateUnbounded<Change>(new() { SingleReader = true });
    private readonly List<WireGuardKey> _peers = [];
    private long _renamings;

    public Task RegisterAsync(WireGuardKey key) => EnqueueAsync(new Change(key, Hosts: false));

    /// <summary>Names a client; <paramref name="hosts"/> says whether the hosts file is written as well as the targets.</summary>
    public Task RenameAsync(bool hosts) => EnqueueAsync(new Change(null, hosts));

    public async Task RunAsync()
    {
        var batch = new List<Change>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < MaxBatch && _queue.Reader.TryRead(out var change))
                batch.Add(change);

            await ExecuteAsync(batch);
            batch.ForEach(change => change.Done.SetResult());
        }
    }

    /// <summary>Adds new clients at once without requests. Must not be called while requests are under way.</summary>
    public async Task SeedAsync(int count)
    {
        var keys = Enumerable.Range(0, count).Select(_ => PrivateKey.Generate().PublicKey).Select(key => new Change(key, Hosts: false)).ToList();
        foreach (var some in keys.Chunk(5_000))
            await ExecuteAsync([.. some]);
    }

    /// <summary>Removes every client: one commit, one message, one write of the files. Must not be called while requests are under way.</summary>
    public async Task PruneAsync()
    {
        store.Begin();
        store.DeleteAll();
        store.Commit();
        await wireGuard.ChangeAsync(interfaceName, new DeviceChange { Peers = [.. _peers.Select(PeerChange.Delete)] }, CancellationToken.None);
        _peers.Clear();
        Replace("/run/limit_hosts", _hosts);
        Replace("/run/limit_targets.json", _targets);
    }

    private Task EnqueueAsync(Change change)
    {
        _queue.Writer.TryWrite(change);
        return change.Done.Task;
    }

    private async Task ExecuteAsync(List<Change> batch)
    {
        var added = new List<PeerChange>();
        var (renamed, hosts) = (false, false);
        store.Begin();
        foreach (var change in batch)
        {
            if (change.Key is { } key)
            {
                added.Add(PeerChange.Set(key, new IPNetwork(Address(store.Insert(key.ToString())), 128)));
                _peers.Add(key);
            }
            else
            {
                var number = ++_renamings;
                store.Rename(1 + number % clients, string.Create(CultureInfo.InvariantCulture, $"name-{number}"));
                _hosts[46 * (number % clients)]++;
                _targets[180 * (number % clients)]++;
                (renamed, hosts) = (true, hosts || change.Hosts);
            }
        }

        store.Commit();
        if (added.Count > 0)
            await wireGuard.ChangeAsync(interfaceName, new DeviceChange { Peers = added }, CancellationToken.None);

        if (hosts)
            Replace("/run/limit_hosts", _hosts);

        if (renamed)
            Replace("/run/limit_targets.json", _targets);
    }

    private static void Replace(string path, byte[] content)
    {
        File.WriteAllBytes(path + ".tmp", content);
        File.Move(path + ".tmp", path, overwrite: true);
    }

    private static IPAddress Address(long id)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes[0] = 0xfd;
        bytes[3] = 0xbf;
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes[8..], id);
        return new IPAddress(bytes);
    }

    /// <summary>One caller's change: a new client with that key, or a new name.</summary>
    private sealed record Change(WireGuardKey? Key, bool Hosts)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
