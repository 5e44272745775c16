using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using WgFleet.Config;
using WgFleet.Events;
using WgFleet.Hooks;
using WgFleet.Hooks.Deliveries;
using WgFleet.Tests.Hooks.Deliveries.Exec;
using WgFleet.Tests.Hooks.Deliveries.Webhook;

namespace WgFleet.Tests.Hooks;

/// <summary>Runs the programs and the receiver that docs/hooks.md shows, as a reader would.</summary>
public sealed class DocsProgramTests : IDisposable
{
    private readonly ExecStage _stage = new();

    public void Dispose() => _stage.Dispose();

    [Fact]
    public async Task The_script_prints_who_joins_and_leaves_and_ignores_other_events()
    {
        var world = new World();
        var script = _stage.Folder.Write("50-announce", DocsTests.Blocks("sh")[0]);

        (await SaidAsync(script, world.Startup())).ShouldBe("");
        (await SaidAsync(script, world.Add().Events[0])).ShouldBe("fd00:1::1 has joined alpha\n");
        (await SaidAsync(script, world.Rename("crane").Events[0])).ShouldBe("");
        (await SaidAsync(script, world.Remove().Events[0])).ShouldBe("crane has left alpha: stale\n");
        world.Add();
        (await SaidAsync(script, world.Remove().Events[0])).ShouldBe("fd00:1::2 has left alpha: stale\n");
    }

    [Fact]
    public async Task The_Python_program_prints_new_names_and_ignores_other_events()
    {
        var world = new World();
        var program = _stage.Folder.Write("50-names.py", DocsTests.Blocks("python")[0]);

        (await SaidAsync(program, world.Startup())).ShouldBe("");
        (await SaidAsync(program, world.Add().Events[0])).ShouldBe("");
        (await SaidAsync(program, world.Rename("crane").Events[0])).ShouldBe("crane.alpha.example.test is fd00:1::1, was nameless\n");
        (await SaidAsync(program, world.Rename("loader").Events[0])).ShouldBe("loader.alpha.example.test is fd00:1::1, was crane\n");
    }

    [Fact]
    public async Task The_receiver_accepts_an_event_once_and_refuses_forged_changed_and_old_ones()
    {
        using var folder = new Folder();
        var key = folder.Secret("key", "whsec_" + Convert.ToBase64String(Guid.NewGuid().ToByteArray().Concat(Guid.NewGuid().ToByteArray()).ToArray()) + "\n");
        var other = folder.Secret("other", Convert.ToBase64String(new byte[24]));
        File.WriteAllText(folder.File("receiver.py"), DocsTests.Blocks("python")[1]);
        using var receiver = Process.Start(new ProcessStartInfo("python3", [folder.File("receiver.py"), "0", key]) { RedirectStandardOutput = true })!;
        try
        {
            var listening = (await receiver.StandardOutput.ReadLineAsync(Stage.Ct)).ShouldNotBeNull();
            var entry = Yaml.Valid(Yaml.Minimal + DocsTests.Blocks("yaml")[0]).Hooks.List.ShouldHaveSingleItem();
            entry.Events.ShouldBe([EventTypes.ClientAdded, EventTypes.ClientRemoved]);
            var webhook = entry.Kind.ShouldBeOfType<WebhookConfig>();
            webhook.SecretFiles.Count.ShouldBe(1);
            var url = new UriBuilder(webhook.Url) { Port = int.Parse(listening.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture) }.Uri;
            var world = new World();
            var (first, second) = (world.Add("alpha").Events[0], world.Add("beta").Events[0]);

            (await SendAsync(url, key, first)).ShouldBe((DeliveryVerdict.Delivered, "204"));
            (await SendAsync(url, key, first)).ShouldBe((DeliveryVerdict.Delivered, "204"));
            (await SendAsync(url, other, second)).ShouldBe((DeliveryVerdict.Retry, "401"));
            (await SendAsync(url, key, second, DateTimeOffset.UtcNow.AddMinutes(-10))).ShouldBe((DeliveryVerdict.Retry, "401"));
            (await ForgeAsync(url, signature: null)).ShouldBe(401);
            (await ForgeAsync(url, signature: "v1,AAAA")).ShouldBe(401);
            (await SendAsync(url, key, second)).ShouldBe((DeliveryVerdict.Delivered, "204"));

            // Nothing stands between the two, so nothing else was taken, and the first one once.
            (await receiver.StandardOutput.ReadLineAsync(Stage.Ct)).ShouldBe("client.added fleets/alpha/clients/fd00:1::1");
            (await receiver.StandardOutput.ReadLineAsync(Stage.Ct)).ShouldBe("client.added fleets/beta/clients/fd00:2::2");
        }
        finally
        {
            receiver.Kill();
            await receiver.WaitForExitAsync(CancellationToken.None);
        }
    }

    private async Task<string> SaidAsync(string program, FleetEvent e)
    {
        // On a clock that stands still: an interpreter may start slowly on a busy machine.
        var outcome = await _stage.Delivery(program).DeliverAsync(ExecStage.Attempt(e), ExecStage.Ct);
        outcome.Verdict.ShouldBe(DeliveryVerdict.Delivered, outcome.Error);
        return outcome.Response;
    }

    private static async Task<(DeliveryVerdict Verdict, string? Code)> SendAsync(Uri url, string key, FleetEvent e, DateTimeOffset? at = null)
    {
        var time = new ManualTime();
        time.Advance((at ?? DateTimeOffset.UtcNow) - time.GetUtcNow());
        using var delivery = new WgFleet.Hooks.Deliveries.Webhook.WebhookDelivery(WebhookSending.To(url, key), time);
        var outcome = await delivery.DeliverAsync(new DeliveryAttempt(e, EventEnvelope.Write(e, "example.test"), 1), Stage.Ct);
        return (outcome.Verdict, outcome.Code);
    }

    private static async Task<int> ForgeAsync(Uri url, string? signature)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent("{}", Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
        if (signature is not null)
        {
            request.Headers.Add("webhook-id", "evt_forged");
            request.Headers.Add("webhook-timestamp", $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}");
            request.Headers.Add("webhook-signature", signature);
        }

        using var response = await http.SendAsync(request, Stage.Ct);
        return (int)response.StatusCode;
    }
}
