using WgFleet.WireGuard;

namespace WgFleet.Fleets;

/// <content>What it does in its turn: sends changes, looks at everything, glances at what the kernel does not tell. The rules for forwarded packets come first.</content>
internal sealed partial class InterfaceKeeper
{
    /// <summary>Sends changes in one message; if that fails, compares all peers and repairs them. False if that fails too.</summary>
    public async Task<bool> ApplyAsync(IReadOnlyList<PeerChange> changes, CancellationToken cancellationToken)
    {
        // Before the peers: a new client is never in a set because of one that had its address before. A slow nft is not a slow WireGuard.
        await IsolateAsync(cancellationToken);
        return await TryAsync(
            async stopping =>
            {
                if (Agrees && await TookAsync(changes, stopping))
                    SetHealth();
                else
                    await ReconcileAsync(stopping);
            },
            cancellationToken);
    }

    /// <summary>Reads the interface, notes when clients were heard of, and repairs what differs.</summary>
    /// <returns>False if it did not answer or is new, so that it is unknown which clients are alive.</returns>
    public async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        var isNew = true;
        await IsolateAsync(cancellationToken);
        return await TryAsync(async stopping => isNew = await ReconcileAsync(stopping), cancellationToken) && !isNew;
    }

    /// <summary>Checks what the kernel sends no notifications of; if that is wrong, checks everything.</summary>
    public async Task GlanceAsync(CancellationToken cancellationToken)
    {
        if (time.GetTimestamp() < _glanceAt)
            return;

        await IsolateAsync(cancellationToken);
        await TryAsync(
            async stopping =>
            {
                if (Agrees && await LooksRightAsync(stopping))
                    SetHealth();
                else
                    await ReconcileAsync(stopping);
            },
            cancellationToken);

        // A userspace program writes all its peers whenever it is asked: less often if there are more than 2,000.
        if (tunnel.Last is { Interface.Kind: not WireGuardKind })
            _glanceAt = time.GetTimestamp() + (Clients.Count * time.TimestampFrequency / 2000);
    }

    /// <summary>Makes the rules follow the clients and the configuration, and repairs them.</summary>
    public async Task IsolateAsync(CancellationToken cancellationToken)
    {
        if (await isolation.FollowAsync(Clients, cancellationToken) is { } repaired)
            Repaired?.Invoke(repaired);
    }
}
