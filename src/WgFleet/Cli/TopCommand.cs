using System.CommandLine;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Hosting;
using WgFleet.Http.Api;

namespace WgFleet.Cli;

/// <summary><c>wg-fleet top</c>: what happens now, drawn anew each second on a terminal.</summary>
internal static class TopCommand
{
    private const string Begin = "\e[?1049h\e[?25l";
    private const string End = "\e[?25h\e[?1049l";

    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    public static Command Create(Option<string> config) => new ServerCommand(config).Command(
        "top", "Shows what is wrong, the fleets and the latest events, anew each second until q is pressed; once if the output is not a terminal", [],
        async (client, _, cancellationToken) =>
    {
        var screen = await AskAsync(client, cancellationToken);
        if (!Console.IsOutputRedirected)
            return await FollowAsync(client, screen, cancellationToken);

        foreach (var line in screen.Lines(TimeProvider.System.GetUtcNow(), int.MaxValue, 1000, null))
            Console.Out.WriteLine(line);

        return ExitCode.Ok;
    }, hasJson: false);

    private static async Task<TopScreen> AskAsync(AdminClient client, CancellationToken cancellationToken) => await AnswerLimit.AskAsync(
        async limited => new TopScreen(
            (await client.GetAsync("/fleets", AdminJson.Default.FleetsResponse, limited)).Fleets,
            (await client.GetAsync("/troubles", AdminJson.Default.TroublesResponse, limited)).Troubles,
            (await client.GetAsync("/events?last=50", AdminJson.Default.EventsInfo, limited)).Events), cancellationToken);

    private static async Task<int> FollowAsync(AdminClient client, TopScreen screen, CancellationToken cancellationToken)
    {
        using var signals = new Signals(reloads: null);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, signals.Stopping);
        Console.Out.Write(Begin);
        try
        {
            for (string? note = null; ;)
            {
                Draw(screen, note);
                if (await IsQuitAsync(stop.Token))
                    return ExitCode.Ok;

                try
                {
                    (screen, note) = (await AskAsync(client, stop.Token), null);
                }
                catch (AdminException e)
                {
                    note ??= $"since {Times.Full(TimeProvider.System.GetUtcNow(), utc: false)}: {e.Message}";
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        finally
        {
            Console.Out.Write(End);
        }
    }

    private static void Draw(TopScreen screen, string? note)
    {
        var (width, height) = Terminal.Size;
        var lines = screen.Lines(TimeProvider.System.GetUtcNow(), width, height, note);
        Console.Out.Write("\e[H" + string.Join("\r\n", lines.Select(l => l + "\e[K")) + "\e[J");
    }

    /// <summary>Waits until the next round; returns whether q was pressed.</summary>
    private static async Task<bool> IsQuitAsync(CancellationToken cancellationToken)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(begin) < Round)
        {
            while (!Console.IsInputRedirected && Console.KeyAvailable)
            {
                if (Console.ReadKey(intercept: true).KeyChar is 'q' or 'Q')
                    return true;
            }

            await Task.Delay(Glance, cancellationToken);
        }

        return false;
    }
}
