using WgFleet.Linux;

namespace WgFleet.Tunnels;

/// <summary>Runs wg-quick and waits for it; a delegate, so that tests can replace the operating system.</summary>
/// <exception cref="TunnelException">The program is missing, took too long, or failed; the message ends with its last output.</exception>
internal delegate Task ProgramRunner(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken);

/// <summary>A fleet's interface could not be brought up or changed.</summary>
internal sealed class TunnelException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The real runner.</summary>
internal static class ExternalProgram
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static Task RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        RunAsync(program, arguments, Limit, cancellationToken);

    public static async Task RunAsync(string program, IReadOnlyList<string> arguments, TimeSpan patience, CancellationToken cancellationToken)
    {
        var command = $"{program} {string.Join(' ', arguments)}";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            var result = await SystemCommand.RunAsync(program, arguments, limit.Token);
            if (result.Failure is { } failure)
                throw new TunnelException($"{command} failed with {failure}: {LastWords(result.Output)}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TunnelException($"{command} did not end within {patience.TotalSeconds:0.#} s");
        }
        catch (IOException e)
        {
            throw new TunnelException($"{program} cannot run, install wireguard-tools and iproute2: {e.Message}", e);
        }
    }

    private static string LastWords(string output)
    {
        // wg-quick prints the commands that it runs after "[#]"; wireguard-go prints a warning in a frame.
        var words = output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith("[#]", StringComparison.Ordinal) && line[0] is not ('│' or '┌' or '└')).ToList();
        return words.Count == 0 ? "it said nothing" : string.Join(" / ", words.TakeLast(3));
    }
}
