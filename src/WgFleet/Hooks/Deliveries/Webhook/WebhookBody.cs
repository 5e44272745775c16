using System.Text;
using System.Text.Json;
using WgFleet.Config;
using WgFleet.Hooks.Templates;

namespace WgFleet.Hooks.Deliveries.Webhook;

/// <summary>
/// Renders the body of a webhook by its template, which is read once, when the hook starts: all attempts of an event send the same bytes. If it cannot be read
/// then, each attempt tries again.
/// </summary>
internal sealed class WebhookBody
{
    private readonly WebhookConfig _config;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private volatile Template? _template;

    /// <param name="config">The template, and the type of what it makes.</param>
    /// <param name="settings">The hook's settings, which the template can use.</param>
    public WebhookBody(WebhookConfig config, IReadOnlyDictionary<string, string> settings)
    {
        (_config, _settings) = (config, settings);
        try
        {
            Load();
        }
        catch (TemplateException)
        {
            // wg-fleet check says it, and each attempt.
        }
    }

    /// <summary>Whether the template was read.</summary>
    public bool IsLoaded => _template is not null;

    /// <summary>Reads the template, unless that has been done. Blocks.</summary>
    /// <exception cref="TemplateException">It cannot be read or is not a template.</exception>
    public Template Load() => _template ??= WebhookConfig.Bodies.Contains(_config.Body!)
        ? new Template(_config.Body!, TemplateSource.Shipped(TemplateSource.Bodies, _config.Body!))
        : WebhookConfig.IsTemplateItself(_config.Body!) ? new Template("body", _config.Body!) : TemplateSource.Read(_config.Body!);

    /// <summary>The body for an event.</summary>
    /// <exception cref="TemplateException">The template uses a name that does not exist, or makes no JSON although the content type says so.</exception>
    public byte[] Of(FleetEvent e, ReadOnlyMemory<byte> envelope)
    {
        var template = Load();
        var body = Encoding.UTF8.GetBytes(Rendered(template, e, envelope));
        if (_config.IsJson && NoJson(body) is { } why)
            throw new TemplateException($"template {template.Name} makes of {e.Type} what is not JSON, though content_type is {_config.ContentTypeOfBody}: {why}");

        return body;
    }

    private string Rendered(Template template, FleetEvent e, ReadOnlyMemory<byte> envelope)
    {
        try
        {
            return template.Render(EventModel.Of(e, envelope, _settings));
        }
        catch (TemplateException failed)
        {
            // What is there depends on the type.
            throw new TemplateException($"{failed.Message} (of {e.Type})", failed);
        }
    }

    /// <summary>Why a body is not JSON, with the line in the body; null if it is.</summary>
    private static string? NoJson(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return null;
        }
        catch (JsonException e)
        {
            return $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: {e.Message.Split(" LineNumber:")[0]}";
        }
    }
}
