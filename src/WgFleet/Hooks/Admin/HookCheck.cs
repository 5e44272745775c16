using WgFleet.Config;
using WgFleet.Config.Yaml;
using WgFleet.Events;
using WgFleet.Hooks.Deliveries.Webhook;
using WgFleet.Hooks.Discovery;
using WgFleet.Hooks.Projections.Templates;
using WgFleet.Hooks.Templates;

namespace WgFleet.Hooks.Admin;

/// <summary>
/// Checks the hooks of a configuration with the permissions of the present user, without a server. Reads files and their permissions,
/// and renders templates with made-up clients. Runs no hook and no program, writes nothing, and sends nothing over the network.
/// </summary>
internal sealed class HookCheck
{
    private readonly ServerConfig _config;
    private readonly HookDiscovery _found;
    private readonly List<Problem> _errors;
    private readonly List<Problem> _warnings = [];

    private HookCheck(ServerConfig config, HookDiscovery found)
    {
        (_config, _found) = (config, found);
        _errors = [.. found.Problems];
        LookAtFolders();
        LookAtDropIns();
        foreach (var entry in config.Hooks.List.Where(e => e.Enabled))
            LookAt(entry);
    }

    /// <summary>The errors, in the order of the file, and the warnings.</summary>
    public static (IReadOnlyList<Problem> Errors, IReadOnlyList<Problem> Warnings) Of(ServerConfig config, HookDiscovery found)
    {
        var check = new HookCheck(config, found);
        return (InOrder(check._errors), InOrder(check._warnings));
    }

    private static List<Problem> InOrder(List<Problem> found) => [.. found.OrderBy(p => p.Line ?? int.MaxValue)];

    private void LookAtFolders()
    {
        var byDefault = new HooksConfig();
        foreach (var (index, folder) in _config.Hooks.Folders.Index())
        {
            if (!byDefault.Folders.Contains(folder) && !Directory.Exists(folder))
                _warnings.Add(At(_config.Hooks.Place, $"exec_dirs[{index}]", $"there is no directory {folder}"));
        }
    }

    private void LookAtDropIns()
    {
        foreach (var file in _found.All.Where(c => c is { Origin: HookOrigin.DropIn, IsMeantToRun: true }))
        {
            // A shared name is an error already.
            if (file.Inactive is { } why && _found.All.Count(h => h.TakesName && h.Name == file.Name) < 2)
                _warnings.Add(new Problem(file.Source, null, null, null, $"the drop-in does not run: {why}"));
        }
    }

    private void LookAt(HookConfig entry)
    {
        if (entry.Fleets is not null && !_config.Fleets.Any(f => entry.Follows(f.Name)))
            _warnings.Add(At(entry.Place, "fleets", $"'{entry.Fleets}' matches no fleet; there are: {string.Join(", ", _config.Fleets.Select(f => f.Name))}"));

        if (entry.Kind is DeliveryConfig delivery)
            _errors.AddRange(DeliveryKinds.Of(delivery).Problems.Select(p => At(entry.Place, $"{delivery.Key}.{p.Key}", p.Text)));

        if (entry.Kind is WebhookConfig { Body: not null } webhook)
            LookAt(entry, webhook);

        if (entry.Kind is TemplateConfig template)
            LookAt(entry, template);
    }

    /// <summary>Renders the body of each event that the hook gets.</summary>
    private void LookAt(HookConfig entry, WebhookConfig webhook)
    {
        var events = HookDefinitions.Of(entry)?.Events ?? [];
        try
        {
            var body = new WebhookBody(webhook, entry.Settings);
            foreach (var made in events.Where(_ => _config.Fleets.Count > 0).Select(type => SampleState.Event(_config, type)))
                body.Of(made, EventEnvelope.Write(made, _config.Domain));
        }
        catch (TemplateException e)
        {
            _errors.Add(At(entry.Place, "webhook.body", e.Message));
        }

        if (webhook.Body == WebhookConfig.Alertmanager && !events.Contains(EventTypes.ClientOffline))
            _warnings.Add(At(entry.Place, "webhook.body", $"alerts begin with {EventTypes.ClientOffline}, which the hook does not get: name it in events, and {EventTypes.ClientOnline}, which ends them"));
    }

    private void LookAt(HookConfig entry, TemplateConfig template)
    {
        try
        {
            foreach (var file in new TemplateProjection(entry).Render(SampleState.Of(_config)))
            {
                var folder = Path.GetDirectoryName(file.Path);
                if (!Directory.Exists(folder))
                    _warnings.Add(At(entry.Place, "template.path", $"there is no directory {folder}, and the server does not create it"));
            }
        }
        catch (TemplateException e)
        {
            _errors.Add(At(entry.Place, "template.file", e.Message));
        }
    }

    private static Problem At(SourceLocation? place, string key, string text) => place?.Problem(key, text) ?? new Problem(null, null, null, key, text);
}
