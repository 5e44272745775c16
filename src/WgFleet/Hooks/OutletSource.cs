using WgFleet.Config;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Deliveries.Exec;
using WgFleet.Hooks.Deliveries.Webhook;

namespace WgFleet.Hooks;

/// <summary>Finds the programs and endpoints that are hooks: entries of hooks.list, and files in the drop-in folders.</summary>
internal static class OutletSource
{
    public const string ExecKind = "exec";
    public const string WebhookKind = "webhook";

    /// <summary>All candidates: how each is configured, where it comes from, its order, and why it cannot run (null if it can).</summary>
    public static IEnumerable<(HookConfig Config, string Source, int Order, string? WhyNot)> Find(HooksConfig hooks)
    {
        foreach (var entry in hooks.List)
        {
            if (entry.Exec is { } exec)
                yield return (entry, exec.Command, 0, FirstOf(ExecDelivery.Problems(exec)));
            else if (entry.Webhook is { } webhook)
                yield return (entry, webhook.Url.GetLeftPart(UriPartial.Authority), 0, FirstOf(webhook.SecretFiles.Select(SecretFile.Problem)));
        }

        foreach (var file in DropIns(hooks))
        {
            // An entry of the list by the file's name, without a kind of its own, sets what a file cannot say.
            var entry = hooks.List.FirstOrDefault(h => h.Name == file.Name && h is { Exec: null, Webhook: null, Template: null }) ?? new HookConfig { Name = file.Name };
            var config = entry with { Exec = new ExecConfig { Command = file.Path, Timeout = entry.Timeout ?? new ExecConfig { Command = file.Path }.Timeout } };
            yield return (config, file.Path, file.Order, file.Inactive ?? FirstOf(ExecDelivery.Problems(config.Exec!)));
        }
    }

    public static IDelivery Open(HookConfig config, TimeProvider time, ILogger log) => config.Exec is { } exec
        ? new ExecDelivery(config.Name, exec, time, log, config.MaxAttempts ?? ExecDelivery.DefaultAttempts)
        : new WebhookDelivery(config.Webhook!, time);

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
