using Microsoft.Extensions.DependencyInjection;
using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.Hooks.Admin;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.BrowserTests.Harness;

/// <summary>A server with something to see on every page, for tests that only look.</summary>
public sealed class ShownServer : IAsyncLifetime
{
    private readonly ExecFolder _programs = new();

    internal TestServer Server { get; private set; } = null!;

    /// <summary>A token of scope write.</summary>
    internal string Token { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var program = _programs.Script("cat >/dev/null\necho 'the zone example.test is locked by <somebody>'\nexit 78");
        var tell = new HookConfig { Name = "tell", Kind = new ExecConfig { Command = program, User = ExecFolder.User } };
        const string roster = "seat,hostname,image,row,column\nA1,excavator,,A,1\nA2,crane-17,2026.11.27,A,2\nB1,pile_driver,,B,1\nB4,nobody,,B,4\nspare,spare,,,\n";
        Server = await TestServer.StartAsync(config => config.WithRoster(roster) with { Hooks = new HooksConfig { Folders = [], List = [tell] } }, TimeProvider.System);
        Token = Server.Token();
        Server.Token(TokenRow.Read, "grafana", TimeSpan.FromDays(90));

        foreach (var name in new[] { "excavator", "excavator", "crane-17", new string('w', 63), "pile_driver", null })
        {
            var client = await Server.JoinAsync();
            if (name is not null)
                await Server.PingAsync($$"""{"hostname":"{{name}}"}""", client.Address.ToString());
        }

        // Behind a proxy the source of a request can be any text.
        using var strange = new HttpRequestMessage(HttpMethod.Post, "/fleet/alpha/register");
        strange.Headers.TryAddWithoutValidation("X-Forwarded-For", "<b>" + new string('x', 200));
        await Server.SendAsync(strange);

        // A fleet in trouble, and a part of the server that fails.
        Server.Services.GetRequiredService<FleetHealth>().Set("beta", FleetCondition.Down, "wg_beta: port 51821 is in use");
        Server.Services.GetRequiredService<Supervisor>().Run("example", (_, stopping) => Task.Delay(Timeout.Infinite, stopping)).Failed("the disk is full");

        var desk = Server.Services.GetRequiredService<HookAdmin>();
        await Eventually.True(async () => (await desk.DeadLettersAsync("tell", 100, CancellationToken.None)).Count >= 7);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _programs.Dispose();
    }
}
