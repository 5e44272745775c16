using System.Text;
using WgFleet.Linux;

namespace WgFleet.Tunnels;

/// <summary>Runs nft(8) with an input and returns what it prints; a delegate, so that tests can replace the operating system.</summary>
/// <exception cref="TunnelException">nft is missing, took too long, or failed; the message ends with what it said.</exception>
internal delegate Task<string> NftRunner(IReadOnlyList<string> arguments, string input, CancellationToken cancellationToken);

/// <summary>The real nft.</summary>
internal static class Nft
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public static async Task<string> RunAsync(IReadOnlyList<string> arguments, string input, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            // A file in memory, since nft reads all of its input before it does anything.
            using var file = Interop.MemoryFile("input");
            RandomAccess.Write(file, Encoding.UTF8.GetBytes(input), 0);
            var result = await SystemCommand.RunAsync("nft", arguments, limit.Token, file);
            return result.Failure is null ? result.Output : throw new TunnelException($"nft {arguments[0]} failed: {result.Output.Split('\n')[0].Trim()}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TunnelException($"nft did not end within {Limit.TotalSeconds:0} s");
        }
        catch (IOException e)
        {
            throw new TunnelException($"nft cannot run, install nftables: {e.Message}", e);
        }
    }
}
