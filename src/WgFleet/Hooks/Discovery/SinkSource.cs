using WgFleet.Config;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Deliveries.Exec;
using WgFleet.Hooks.Deliveries.Webhook;
using WgFleet.Linux;

namespace WgFleet.Hooks.Discovery;

/// <summary>Finds the programs and endpoints that are hooks: entries of hooks.list, and files in the drop-in folders.</summary>
internal static class SinkSource
{
    public const string ExecKind = "exec";
    public const string WebhookKind = "webhook";

    /// <summary>All candidates.</summary>
    public static IEnumerable<FoundSink> Find(HooksConfig hooks)
    {
        foreach (var entry in hooks.List)
        {
            if (entry.Exec is { } exec)
                yield return new(entry, exec.Command) { Origin = HookOrigin.Config, WhyNot = FirstOf(ExecDelivery.Problems(exec).Select(p => p.Text)) };
            else if (entry.Webhook is { } webhook)
                yield return new(entry, webhook.Url.GetLeftPart(UriPartial.Authority)) { Origin = HookOrigin.Config, WhyNot = FirstOf(webhook.SecretFiles.Select(SecretFile.Problem)) };
        }

        foreach (var file in DropIns(hooks))
        {
            // An entry of the list by the file's name, without a kind of its own, sets what a file cannot say.
            var entry = hooks.List.FirstOrDefault(h => h.Name == file.Name && h is { Exec: null, Webhook: null, Template: null }) ?? new HookConfig { Name = file.Name };
            var config = entry with { Exec = new ExecConfig { Command = file.Path, Timeout = entry.Timeout ?? new ExecConfig { Command = file.Path }.Timeout } };
            yield return new(config, file.Path)
            {
                Origin = HookOrigin.DropIn,
                Order = file.Order,
                WhyNot = file.Inactive ?? FirstOf(ExecDelivery.Problems(config.Exec!).Select(p => p.Text)),
                TakesName = file.Inactive is null,
                IsHidden = file.Hidden,
            };
        }
    }

    public static IDelivery Open(HookConfig config, TimeProvider time, ILogger log) => config.Exec is { } exec
        ? new ExecDelivery(config.Name, exec, time, log, config.MaxAttempts ?? ExecDelivery.DefaultAttempts)
        : new WebhookDelivery(config.Webhook!, time, maxAttempts: config.MaxAttempts ?? WebhookLadder.Attempts);

    private static IReadOnlyList<HookFile> DropIns(HooksConfig hooks)
    {
        try
        {
            return HooksFolder.Scan(hooks.Folders, Interop.EffectiveUser);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [new HookFile("hooks.d", string.Join(", ", hooks.Folders), 0) { Inactive = $"cannot be read: {e.Message}" }];
        }
    }

    private static string? FirstOf(IEnumerable<string?> problems) => problems.FirstOrDefault(p => p is not null);
}

/// <summary>A program or an endpoint that would be a hook.</summary>
/// <param name="Config">How it is configured.</param>
/// <param name="Source">The file or address behind it.</param>
internal sealed record FoundSink(HookConfig Config, string Source)
{
    public required string Origin { get; init; }

    public int Order { get; init; }

    /// <summary>Why it cannot run; null if it can.</summary>
    public string? WhyNot { get; init; }

    /// <summary>Whether another hook of its name is one too many: not beside a file that does not run.</summary>
    public bool TakesName { get; init; } = true;

    /// <summary>It does not run because somebody wants so: masked, or replaced by a file of another folder.</summary>
    public bool IsHidden { get; init; }
}
