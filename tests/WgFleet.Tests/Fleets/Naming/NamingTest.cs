using WgFleet.Config;
using WgFleet.Fleets.Commands;
using WgFleet.Fleets.State;
using WgFleet.Hooks;

namespace WgFleet.Tests.Fleets.Naming;

/// <summary>Short words for tests of the policies for names.</summary>
internal static class NamingTest
{
    /// <summary>Longer than offline_after.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMinutes(4);

    public static Task<TestRegistry> StartAsync(TestEngine engine, HostnamePolicy policy, string? roster = null) => TestRegistry.StartAsync(engine, c => With(c, policy, roster));

    public static ServerConfig With(this ServerConfig config, HostnamePolicy policy, string? roster = null) =>
        config with { Fleets = [config.Fleets[0] with { Hostnames = policy, Roster = roster is null ? null : Some.Roster(roster) }, .. config.Fleets.Skip(1)] };

    /// <summary>Pings as a machine does: it counts as alive, and asks for a name.</summary>
    public static async Task<Renaming> PingAsync(this TestRegistry test, RegisteredClient client, string? asked)
    {
        var present = test.Alpha.ById[client.Id];
        present.Liveness.Pinged(test.Time.GetUtcNow());
        return await test.Registry.NameAsync(test.Alpha, present, asked);
    }

    /// <summary>A machine that registers, has a handshake and pings.</summary>
    public static async Task<RegisteredClient> BootAsync(this TestRegistry test, string? asked, IReadOnlyDictionary<string, string>? facts = null)
    {
        var client = await test.Registry.RegisterAsync("alpha", Some.Key(), "198.51.100.7", isClientsOwn: true, facts: facts);
        await test.BootAsync(client, asked);
        return client;
    }

    /// <summary>A machine that is a client has a handshake and pings.</summary>
    public static async Task BootAsync(this TestRegistry test, RegisteredClient client, string? asked)
    {
        test.WireGuard.Touch("wg_alpha", client.PublicKey, test.Time.GetUtcNow());
        await test.PassAsync(TimeSpan.FromSeconds(20));
        await test.PingAsync(client, asked);
    }

    /// <summary>Lets time pass in which these machines are alive: they send something and ping.</summary>
    public static async Task LiveAsync(this TestRegistry test, TimeSpan time, params (RegisteredClient Client, string? Asked)[] alive)
    {
        for (var end = test.Time.GetUtcNow() + time; test.Time.GetUtcNow() < end;)
        {
            foreach (var (client, _) in alive)
                test.WireGuard.Touch("wg_alpha", client.PublicKey, received: 100);

            await test.PassAsync(TimeSpan.FromSeconds(20));
            foreach (var (client, asked) in alive)
                await test.PingAsync(client, asked);
        }
    }

    public static string? NameOf(this TestRegistry test, RegisteredClient client) => test.Alpha.ById[client.Id].Hostname;

    /// <summary>The changes of names since an event, as "address: before -> after".</summary>
    public static IEnumerable<string> Names(this TestRegistry test, int since = 0) =>
        test.Events.Skip(since).OfType<ClientHostnameChanged>().Select(e => $"{e.Client.Address}: {e.Previous ?? "-"} -> {e.Client.Hostname ?? "-"}");
}
