using System.Collections.Concurrent;
using WgFleet.Tunnels;

namespace WgFleet.Testing;

/// <summary>An nft that keeps the text of each table, and lists it as it was sent.</summary>
internal sealed class FakeNft
{
    private int _runs;

    public ConcurrentDictionary<string, string> Tables { get; } = [];

    /// <summary>What every run fails with; null if they work.</summary>
    public string? Failure { get; set; }

    /// <summary>How many processes it would have been.</summary>
    public int Runs => _runs;

    /// <summary>What every run waits for; null for nothing.</summary>
    public TaskCompletionSource? Hold { get; set; }

    public async Task<string> RunAsync(IReadOnlyList<string> arguments, string input, CancellationToken cancellationToken)
    {
        if (Hold is { } hold)
            await hold.Task.WaitAsync(cancellationToken);

        return await AnswerAsync(arguments, input);
    }

    private Task<string> AnswerAsync(IReadOnlyList<string> arguments, string input)
    {
        Interlocked.Increment(ref _runs);
        if (Failure is not null)
            throw new TunnelException(Failure);

        if (arguments is ["list", "tables", "inet"])
            return Task.FromResult(string.Concat(Tables.Keys.Select(t => $"table inet {t}\n")));

        if (arguments is ["-s", "list", "table", "inet", var listed])
            return Task.FromResult(Tables.TryGetValue(listed, out var found) ? found : throw new TunnelException("No such file or directory"));

        foreach (var line in input.Split('\n').Where(l => l.StartsWith("delete table inet ", StringComparison.Ordinal)))
            Tables.TryRemove(line["delete table inet ".Length..], out _);

        var at = input.IndexOf(" {\n", StringComparison.Ordinal);
        if (at >= 0)
            Tables[input[..at].Split(' ')[^1]] = input;

        return Task.FromResult("");
    }
}
