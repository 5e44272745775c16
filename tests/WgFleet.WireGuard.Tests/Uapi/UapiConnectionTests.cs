using System.Text;
using WgFleet.WireGuard.Uapi;

namespace WgFleet.WireGuard.Tests.Uapi;

public class UapiConnectionTests
{
    private static readonly DeviceChange OnePeer = new() { Peers = [Some.Peer(1)] };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task An_answer_that_arrives_byte_by_byte_is_assembled()
    {
        await using var server = new FakeUapi(async connection =>
        {
            (await connection.ReadAsync()).ShouldBe("get=1\n\n");
            foreach (var c in "listen_port=51820\nprivate_key=77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a\nerrno=0\n\n")
                await connection.WriteAsync(c.ToString());
        });
        using var wireGuard = new UapiWireGuard(server.Directory);

        var device = await wireGuard.GetDeviceAsync(FakeUapi.Interface, Ct);

        device.ListenPort.ShouldBe(51820);
        device.PrivateKey.ShouldNotBeNull();
    }

    [Fact(Timeout = 30_000)]
    public async Task An_answer_of_megabytes_is_read_completely()
    {
        var answer = new StringBuilder();
        for (var n = 0; n < 20_000; n++)
            answer.Append($"public_key={n:x64}\nlast_handshake_time_sec={n}\nrx_bytes={n}\nallowed_ip={Some.Network(n)}\n");
        answer.Append("errno=0\n\n");
        await using var server = new FakeUapi(async connection =>
        {
            await connection.ReadAsync();
            await connection.WriteAsync(answer.ToString());
        });
        using var wireGuard = new UapiWireGuard(server.Directory);

        var device = await wireGuard.GetDeviceAsync(FakeUapi.Interface, Ct);

        answer.Length.ShouldBeGreaterThan(2_000_000);
        device.Peers.Select(p => p.ReceivedBytes).ShouldBe(Enumerable.Range(0, 20_000).Select(n => (long)n));
        device.Peers.Select(p => p.AllowedIps.Single()).ShouldBe(Enumerable.Range(0, 20_000).Select(Some.Network));
    }

    [Fact(Timeout = 30_000)]
    public async Task All_callers_share_one_connection_that_carries_one_request_at_a_time()
    {
        var gate = new TaskCompletionSource();
        var ahead = 0;
        await using var server = new FakeUapi(async connection =>
        {
            while (await connection.ReadAsync() is not null)
            {
                await gate.Task;
                ahead += connection.Unread;
                await connection.WriteAsync("errno=0\n\n");
            }
        });
        using var wireGuard = new UapiWireGuard(server.Directory);

        var changes = Enumerable.Range(0, 50).Select(_ => wireGuard.ChangeAsync(FakeUapi.Interface, OnePeer, Ct)).ToList();
        gate.SetResult();
        await Task.WhenAll(changes);

        ahead.ShouldBe(0);
        server.Connections.ShouldBe(1);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_kept_connection_that_was_closed_is_replaced()
    {
        var requests = new List<string?>();
        await using var server = new FakeUapi(async connection =>
        {
            requests.Add(await connection.ReadAsync());
            await connection.WriteAsync("errno=0\n\n");
        });
        using var wireGuard = new UapiWireGuard(server.Directory);

        for (var n = 0; n < 5; n++)
            await wireGuard.ChangeAsync(FakeUapi.Interface, OnePeer, Ct);

        server.Connections.ShouldBe(5);
        requests.Distinct().Count().ShouldBe(1);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_kept_connection_that_closes_during_a_request_is_replaced()
    {
        await using var server = new FakeUapi(async connection =>
        {
            await connection.ReadAsync();
            await connection.WriteAsync("errno=0\n\n");
            await connection.ReadAsync();
        });
        using var wireGuard = new UapiWireGuard(server.Directory);

        for (var n = 0; n < 5; n++)
            await wireGuard.ChangeAsync(FakeUapi.Interface, OnePeer, Ct);

        server.Connections.ShouldBe(5);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_new_connection_that_closes_without_an_answer_is_not_retried()
    {
        await using var server = new FakeUapi(connection => connection.ReadAsync());
        using var wireGuard = new UapiWireGuard(server.Directory);

        var e = await Should.ThrowAsync<WireGuardException>(wireGuard.ChangeAsync(FakeUapi.Interface, OnePeer, Ct));

        e.Message.ShouldBe("wg_fake closed the connection without an answer: check that its process still runs");
        server.Connections.ShouldBe(1);
    }

    [Fact(Timeout = 30_000)]
    public async Task Half_an_answer_is_an_error_and_the_next_request_uses_a_new_connection()
    {
        await using var server = new FakeUapi(async connection =>
        {
            while (await connection.ReadAsync() is not null)
            {
                await connection.WriteAsync(connection.Number == 1 ? "listen_port=1\nerr" : "listen_port=2\nerrno=0\n\n");
                if (connection.Number == 1)
                    return;
            }
        });
        using var wireGuard = new UapiWireGuard(server.Directory);

        var e = await Should.ThrowAsync<WireGuardException>(wireGuard.GetDeviceAsync(FakeUapi.Interface, Ct));

        e.Message.ShouldBe("wg_fake closed the connection in the middle of its answer");
        (await wireGuard.GetDeviceAsync(FakeUapi.Interface, Ct)).ListenPort.ShouldBe(2);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("errno=-22\n\n", "wg_fake refused: EINVAL, Invalid argument")]
    [InlineData("errno=98\n\n", "wg_fake refused: EADDRINUSE, Address already in use")]
    [InlineData("errno=4095\n\n", "wg_fake refused: errno 4095, Unknown error 4095")]
    [InlineData("ok\n\n", "wg_fake gave an answer that does not end with an errno")]
    [InlineData("listen_port=many\nerrno=0\n\n", "wg_fake gave an answer that cannot be read: a value that is not a number, or out of range")]
    public async Task A_bad_answer_is_an_error_and_the_next_request_succeeds(string answer, string message)
    {
        var asked = 0;
        await using var server = new FakeUapi(async connection =>
        {
            while (await connection.ReadAsync() is not null)
                await connection.WriteAsync(asked++ == 0 ? answer : "errno=0\n\n");
        });
        using var wireGuard = new UapiWireGuard(server.Directory);

        var e = await Should.ThrowAsync<WireGuardException>(wireGuard.GetDeviceAsync(FakeUapi.Interface, Ct));

        e.Message.ShouldBe(message);
        await wireGuard.ChangeAsync(FakeUapi.Interface, OnePeer, Ct);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_error_sent_before_the_whole_request_was_read_is_reported()
    {
        // More than the socket buffers, so that the sender is still sending when the server closes the connection.
        var change = new DeviceChange { Peers = [.. Enumerable.Range(1, 5000).Select(n => PeerChange.Set(default, Some.Network(n)))] };
        await using var server = new FakeUapi(async connection =>
        {
            await connection.ReadAsync(bytes: 100);
            await connection.WriteAsync("errno=-22\n\n");
        });
        using var wireGuard = new UapiWireGuard(server.Directory);

        var e = await Should.ThrowAsync<WireGuardException>(wireGuard.ChangeAsync(FakeUapi.Interface, change, Ct));

        e.Message.ShouldBe("wg_fake refused: EINVAL, Invalid argument");
    }

    [Fact(Timeout = 30_000)]
    public async Task After_a_cancelled_request_the_next_one_gets_its_own_answer()
    {
        var asked = new TaskCompletionSource();
        await using var server = new FakeUapi(async connection =>
        {
            await connection.ReadAsync();
            if (connection.Number == 1)
            {
                await connection.WriteAsync("listen_port=1\n");
                asked.SetResult();
                await connection.ReadAsync();
            }

            await connection.WriteAsync($"listen_port={connection.Number}\nerrno=0\n\n");
        });
        using var wireGuard = new UapiWireGuard(server.Directory);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        var slow = wireGuard.GetDeviceAsync(FakeUapi.Interface, cancel.Token);
        await asked.Task;
        var waiting = wireGuard.GetDeviceAsync(FakeUapi.Interface, Ct);
        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(slow);
        (await waiting).ListenPort.ShouldBe(2);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_caller_that_is_cancelled_while_waiting_does_not_disturb_others()
    {
        var asked = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        await using var server = new FakeUapi(async connection =>
        {
            while (await connection.ReadAsync() is not null)
            {
                asked.TrySetResult();
                await answer.Task;
                await connection.WriteAsync("errno=0\n\n");
            }
        });
        using var wireGuard = new UapiWireGuard(server.Directory);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        var first = wireGuard.ChangeAsync(FakeUapi.Interface, OnePeer, Ct);
        await asked.Task;
        var second = wireGuard.ChangeAsync(FakeUapi.Interface, OnePeer, cancel.Token);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(second);
        answer.SetResult();

        await first;
        await wireGuard.ChangeAsync(FakeUapi.Interface, OnePeer, Ct);
        server.Connections.ShouldBe(1);
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_a_socket_the_device_is_not_found()
    {
        await using var server = new FakeUapi(_ => Task.CompletedTask);
        using var wireGuard = new UapiWireGuard(server.Directory);

        var e = await Should.ThrowAsync<DeviceNotFoundException>(wireGuard.GetDeviceAsync("wg_nosuch", Ct));

        e.Message.ShouldBe("no WireGuard interface wg_nosuch");
        e.InterfaceName.ShouldBe("wg_nosuch");
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_a_directory_of_sockets_the_device_is_not_found()
    {
        using var wireGuard = new UapiWireGuard("/nosuch");

        await Should.ThrowAsync<DeviceNotFoundException>(wireGuard.ChangeAsync("wg_nosuch", OnePeer, Ct));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_device_is_not_found_once_its_program_stops_listening()
    {
        await using var server = new FakeUapi(async connection =>
        {
            await connection.ReadAsync();
            await connection.WriteAsync("errno=0\n\n");
        });
        using var wireGuard = new UapiWireGuard(server.Directory);
        await wireGuard.ChangeAsync(FakeUapi.Interface, OnePeer, Ct);

        server.StopListening();
        await Should.ThrowAsync<DeviceNotFoundException>(wireGuard.ChangeAsync(FakeUapi.Interface, OnePeer, Ct));
        await Should.ThrowAsync<DeviceNotFoundException>(wireGuard.ChangeAsync(FakeUapi.Interface, OnePeer, Ct));
    }

    [Fact(Timeout = 30_000)]
    public async Task Disposing_closes_the_connection_and_ends_running_and_waiting_requests()
    {
        var asked = new TaskCompletionSource();
        var hungUp = new TaskCompletionSource();
        await using var server = new FakeUapi(async connection =>
        {
            await connection.ReadAsync();
            asked.SetResult();
            (await connection.ReadAsync()).ShouldBeNull();
            hungUp.SetResult();
        });
        using var wireGuard = new UapiWireGuard(server.Directory);
        var request = wireGuard.GetDeviceAsync(FakeUapi.Interface, Ct);
        await asked.Task;
        var waiting = wireGuard.GetDeviceAsync(FakeUapi.Interface, Ct);

        wireGuard.Dispose();

        await hungUp.Task.WaitAsync(Ct);
        await Should.ThrowAsync<WireGuardException>(request);
        await Should.ThrowAsync<ObjectDisposedException>(waiting);
        await Should.ThrowAsync<ObjectDisposedException>(wireGuard.GetDeviceAsync(FakeUapi.Interface, Ct));
        server.Connections.ShouldBe(1);
    }
}
