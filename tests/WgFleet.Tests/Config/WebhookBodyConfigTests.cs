using WgFleet.Config;

namespace WgFleet.Tests.Config;

/// <summary>The keys body, content_type and headers of a webhook.</summary>
public class WebhookBodyConfigTests
{
    [Fact]
    public void A_body_a_content_type_and_headers_are_read()
    {
        var hook = Yaml.Valid(Hook("body: slack, content_type: text/plain, headers: {Authorization: file:/etc/wg-fleet/token, X-Hall: 1}")).Hooks.List.ShouldHaveSingleItem();

        var webhook = hook.Kind.ShouldBeOfType<WebhookConfig>();
        (webhook.Body, webhook.ContentType, webhook.IsJson).ShouldBe(("slack", "text/plain", false));
        webhook.Headers.ShouldBe([new("Authorization", "/etc/wg-fleet/token", true), new("X-Hall", "1", false)]);
        webhook.Shown.ShouldContain(("headers", "Authorization X-Hall"));
        webhook.Shown.ShouldContain(("body", "slack"));
    }

    [Theory]
    [InlineData("application/json", true)]
    [InlineData("application/vnd.api+json; charset=utf-8", true)]
    [InlineData("text/plain", false)]
    public void A_content_type_may_be_JSON(string type, bool isJson) => new WebhookConfig { Url = new Uri("http://x/"), ContentType = type }.IsJson.ShouldBe(isJson);

    [Theory]
    [InlineData("body: slak", "hooks.list[0].webhook.body: 'slak' is not a template (did you mean 'slack'?), use a template's full path, from /, one of those that are shipped (slack, discord, ntfy or alertmanager), or the template itself, with {{ and }}")]
    [InlineData("content_type: nonsense", "hooks.list[0].webhook.content_type: 'nonsense' is not a media type, use one such as application/json")]
    [InlineData("headers: [a]", "hooks.list[0].webhook.headers: is a list, use a mapping of names to values")]
    [InlineData("headers: {Content-Type: a}", "hooks.list[0].webhook.headers.Content-Type: is made by the server, use content_type")]
    [InlineData("headers: {webhook-id: a}", "hooks.list[0].webhook.headers.webhook-id: is made by the server, remove it")]
    [InlineData("headers: {'a b': a}", "hooks.list[0].webhook.headers.a b: is not the name of a header, use letters, digits and -")]
    [InlineData("headers: {a: \"s\u00fc\u00df\"}", "hooks.list[0].webhook.headers.a: has a character that headers cannot have, use text in ASCII")]
    [InlineData("headers: {a: \"b\\nc\"}", "hooks.list[0].webhook.headers.a: has a character that headers cannot have, use text in ASCII")]
    public void A_wrong_value_is_an_error_that_says_what_to_use(string keys, string error) => Yaml.Problems(Hook(keys)).ShouldContain(error);

    [Fact]
    public void Settings_are_for_a_body() => Yaml.Problems(Hook("timeout: 1s", "settings: {a: b}")).ShouldContain("settings: is not for a hook with webhook, remove it");

    private static string Hook(string keys, string more = "start: now") =>
        Yaml.Minimal + $"hooks:\n  list:\n    - name: x\n      webhook: {{url: http://x/, {keys}}}\n      {more}\n";
}
