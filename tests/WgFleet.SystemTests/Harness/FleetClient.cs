using System.Text;
using System.Text.Json;

namespace WgFleet.SystemTests.Harness;

/// <summary>A machine that joins a fleet as the fleet's scripts do: curl, wg-quick, curl.</summary>
internal sealed class FleetClient(Machine machine)
{
    public Machine Machine => machine;

    public Registration Registration { get; private set; } = null!;

    /// <summary>Registers, without a tunnel yet.</summary>
    public async Task RegisterAsync(Gateway gateway, string fleet = "alpha") =>
        Registration = Registration.Read(await machine.SendAsync(HttpMethod.Post, $"{gateway.Url}/fleet/{fleet}/register"));

    /// <summary>Takes a registration that was made elsewhere.</summary>
    public void Adopt(Registration registration) => Registration = registration;

    /// <summary>Registers and brings the tunnel up with the very configuration that the server answered.</summary>
    public async Task JoinAsync(Gateway gateway, string fleet = "alpha")
    {
        await RegisterAsync(gateway, fleet);
        await ConnectAsync();
    }

    public async Task ConnectAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(machine.Disk, "etc-wireguard/fleet.conf"), Registration.Config);
        await machine.RunAsync("wg-quick", "up", "fleet");
    }

    public Task DisconnectAsync() => machine.RunAsync("wg-quick", "down", "fleet");

    /// <summary>Pings the server through the tunnel, with a name or without.</summary>
    public Task<Answer> PingAsync(string? hostname = null, string fleet = "alpha") =>
        PostAsync($"/fleet/{fleet}/ping", hostname is null ? "{}" : $$"""{"hostname":"{{hostname}}"}""");

    /// <summary>Posts JSON to the server through the tunnel.</summary>
    public async Task<Answer> PostAsync(string path, string json)
    {
        try
        {
            return await machine.SendAsync(HttpMethod.Post, $"http://[{Registration.ServerAddress}]:8000{path}", Encoding.UTF8.GetBytes(json), "application/json");
        }
        catch (HttpRequestException e)
        {
            var state = await machine.TryRunAsync("sh", "-c", "wg show all; ip -6 addr; ip -6 route; ip -4 neigh");
            throw new HttpRequestException($"{e.Message}; the machine has\n{state.Output}{state.Error}", e);
        }
    }

    /// <summary>Sends echo requests through the tunnel until one is answered; false if none is, in all that time.</summary>
    public async Task<bool> ReachesGatewayAsync(int seconds = 60) =>
        (await machine.TryRunAsync("ping", "-6", "-c", "1", "-i", "0.5", "-w", $"{seconds}", Registration.ServerAddress)).ExitCode == 0;
}

/// <summary>What the server answered a registration.</summary>
internal sealed record Registration(string Config, string Address, string ServerKey, string ServerAddress, int Port)
{
    /// <summary>The public key that belongs to the private key in the configuration.</summary>
    public async Task<string> PublicKeyAsync() =>
        (await RunningProcess.RunAsync(["wg", "pubkey"], Value("PrivateKey"))).Succeeded("wg pubkey").Trim();

    public string Endpoint => Value("Endpoint");

    public static Registration Read(Answer answer)
    {
        answer.Status.ShouldBe(200, answer.Body);
        using var json = JsonDocument.Parse(answer.Body);
        var config = json.RootElement.GetProperty("config").GetString()!;
        return new Registration(
            config, ValueIn(config, "Address").Split('/')[0], ValueIn(config, "PublicKey"),
            json.RootElement.GetProperty("server_ip").GetString()!, json.RootElement.GetProperty("port").GetInt32());
    }

    private string Value(string key) => ValueIn(Config, key);

    private static string ValueIn(string config, string key) =>
        config.Split('\n').First(l => l.StartsWith(key + " = ", StringComparison.Ordinal))[(key.Length + 3)..];
}
