using System.Text;

namespace WgFleet.SystemTests.Harness;

/// <summary>One server with fleet alpha and one client in it, for tests that do not disturb each other.</summary>
public sealed class RunningServer : IAsyncLifetime
{
    internal Lan Lan { get; private set; } = null!;

    internal Gateway Gateway { get; private set; } = null!;

    /// <summary>A machine of alpha with its tunnel up.</summary>
    internal FleetClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Lan = await Lan.CreateAsync();
        Gateway = await Lan.AddGatewayAsync();
        Client = await Lan.AddClientAsync();
        await Gateway.StartAsync();
        await Client.JoinAsync(Gateway);
    }

    public async ValueTask DisposeAsync() => await Lan.DisposeAsync();
}

/// <summary>Tests that share a server; one that fails shows what the server has printed.</summary>
public abstract class SharedServerTests(RunningServer server) : IClassFixture<RunningServer>, IDisposable
{
    internal Gateway Gateway => server.Gateway;

    internal FleetClient Client => server.Client;

    public void Dispose()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine(Gateway.Log());

        GC.SuppressFinalize(this);
    }

    /// <summary>A request from the client's machine, not through the tunnel.</summary>
    internal Task<Answer> RequestAsync(HttpMethod method, string path, string? body = null, string? contentType = null) =>
        Client.Machine.SendAsync(method, Gateway.Url + path, body is null ? null : Encoding.UTF8.GetBytes(body), contentType);
}
