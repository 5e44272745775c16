using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using WgFleet.WireGuard;

namespace WgFleet.Cli.Rehearsals;

/// <summary>
/// A machine that does what the join script's --loop does, without a tunnel: it pings; if that fails it registers and pings; if that fails too, it waits, longer each time.
/// </summary>
/// <param name="number">Its number, from 0.</param>
/// <param name="name">The name that it asks for.</param>
/// <param name="key">Its key; a clone has that of its original.</param>
/// <param name="pingEvery">How long it waits between two pings.</param>
/// <param name="requests">Sends its requests.</param>
/// <param name="outage">The network between it and the gateway.</param>
internal sealed partial class SimulatedMachine(int number, string name, WireGuardKey key, TimeSpan pingEvery, MachineRequests requests, Outage outage)
{
    private const int MostBackoffs = 4;

    /// <summary>The join script's shortest wait after a failure, before it is spread.</summary>
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(5);

    // Of the networks for benchmarks (RFC 2544), which are nobody's.
    private readonly string _source = string.Create(CultureInfo.InvariantCulture, $"198.18.{number / 256}.{number % 256}");
    private readonly string _identity = Some();
    private readonly string _start = Some();
    private bool _isNamed;
    private long _bootedAt;
    private long _answeredAt;
    private long _longestGap;

    /// <summary>Its number for people, from 1.</summary>
    public int Number => number + 1;

    public string Name => name;

    public WireGuardKey Key { get; private set; } = key;

    /// <summary>Its address in the tunnel; null before it has joined.</summary>
    public string? Address { get; private set; }

    /// <summary>The full name that it has; null before it has joined.</summary>
    public string? FullName { get; private set; }

    /// <summary>Whether it has made a key of its own, because another machine had the same.</summary>
    public bool HasNewKey { get; private set; }

    /// <summary>What became of its latest request.</summary>
    public string LastAnswer { get; private set; } = "it was not switched on";

    /// <summary>When its latest ping was answered, as <see cref="Stopwatch.GetTimestamp"/> counts; 0 for never.</summary>
    public long AnsweredAt => Volatile.Read(ref _answeredAt);

    /// <summary>The longest time without an answer to a ping, from when it was switched on until now.</summary>
    public TimeSpan LongestAway
    {
        get
        {
            var since = AnsweredAt is > 0 and var answered ? answered : _bootedAt;
            var open = since == 0 ? 0 : Stopwatch.GetTimestamp() - since;
            return Stopwatch.GetElapsedTime(0, Math.Max(Volatile.Read(ref _longestGap), open));
        }
    }

    /// <summary>How long it took from when it was switched on until its first ping was answered; null if none was.</summary>
    public TimeSpan? JoinedIn { get; private set; }

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(TimeSpan bootAt, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(bootAt, cancellationToken);
            Volatile.Write(ref _bootedAt, Stopwatch.GetTimestamp());
            for (var failures = 0; ;)
            {
                var later = await AttemptAsync(cancellationToken);
                failures = later is null ? 0 : Math.Min(failures + 1, MostBackoffs);
                await Task.Delay(later is { } least ? Wait(failures, least) : pingEvery * (0.9 + (Random.Shared.NextDouble() * 0.2)), cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The rehearsal is over.
        }
    }

    /// <summary>One round; how long the gateway asks it to wait if the round failed, or null if it is in.</summary>
    private async Task<TimeSpan?> AttemptAsync(CancellationToken cancellationToken)
    {
        var answer = Address is null ? null : await PingAsync(cancellationToken);
        if (answer?.IsOk == true)
            return null;

        if (answer is { Status: 409 } && answer.Body.Contains("\"regenerate\":true", StringComparison.Ordinal))
            (Key, HasNewKey) = (PrivateKey.Generate().PublicKey, true);

        answer = await RegisterAsync(cancellationToken);
        if (answer?.IsOk == true)
            answer = await PingAsync(cancellationToken);

        return answer?.IsOk == true ? null : answer?.RetryAfter ?? TimeSpan.Zero;
    }

    private async Task<MachineAnswer?> RegisterAsync(CancellationToken cancellationToken)
    {
        var body = $$$"""{"public_key":"{{{Key}}}","facts":{"identity":"{{{_identity}}}","board_serial":"REHEARSAL-{{{Number}}}"}}""";
        var answer = await SendAsync(RequestKinds.Register, "register", _source, body, cancellationToken);
        if (answer?.IsOk == true)
        {
            using var json = JsonDocument.Parse(answer.Body);
            Address = AddressLine().Match(json.RootElement.GetProperty("config").GetString()!).Groups[1].Value;
            _isNamed = false;
        }

        return answer;
    }

    private async Task<MachineAnswer?> PingAsync(CancellationToken cancellationToken)
    {
        var answer = await SendAsync(_isNamed ? RequestKinds.Ping : RequestKinds.Name, "ping", Address!, $$"""{"hostname":"{{name}}"}""", cancellationToken);
        if (answer?.IsOk != true)
            return answer;

        var now = Stopwatch.GetTimestamp();
        Volatile.Write(ref _longestGap, Math.Max(_longestGap, now - (AnsweredAt > 0 ? AnsweredAt : _bootedAt)));
        Volatile.Write(ref _answeredAt, now);
        JoinedIn ??= Stopwatch.GetElapsedTime(_bootedAt, now);
        (FullName, _isNamed) = (answer.Hostname, true);
        return answer;
    }

    private async Task<MachineAnswer?> SendAsync(string kind, string path, string source, string body, CancellationToken cancellationToken)
    {
        if (!await outage.IsPassedAsync(cancellationToken))
        {
            LastAnswer = "it does not reach the gateway";
            return null;
        }

        var answer = await requests.SendAsync(kind, path, source, $"{_start} {_identity}", body, cancellationToken);
        LastAnswer = answer is null ? $"its {kind} has no answer" : $"its {kind} is answered with {answer.Status}";
        return answer;
    }

    private static TimeSpan Wait(int failures, TimeSpan least)
    {
        var wait = FirstWait * (1 << (failures - 1));
        wait = (wait / 2) + (wait * Random.Shared.NextDouble());
        return wait >= least ? wait : least * (1 + (Random.Shared.NextDouble() / 2));
    }

    private static string Some() => Random.Shared.NextInt64(1, long.MaxValue).ToString("x16", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?m)^Address = ([^/]+)/")]
    private static partial Regex AddressLine();
}
