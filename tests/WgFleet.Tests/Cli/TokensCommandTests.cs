using WgFleet.Tests.Hooks.Handlers;

namespace WgFleet.Tests.Cli;

public class TokensCommandTests
{
    [Fact]
    public async Task A_token_created_over_the_socket_works_over_the_network_until_it_is_revoked()
    {
        await using var host = await AdminHost.StartAsync(null, typeof(HandlerTests.Second));
        var made = await host.RunAsync("tokens", "create", "--admin", "ci", "--scope", "write", "--expires", "90d");

        made.ShouldSatisfyAllConditions(
            m => m.Code.ShouldBe(0),
            m => m.Output.ShouldMatch(@"\Awgf_[0-9a-f]{8}_[A-Za-z0-9_-]{43}\n\z"),
            m => m.Error.ShouldBe("This is token 'ci' with scope write. Its secret is stored nowhere and shown only here; 'wg-fleet tokens revoke ci' ends it.\n"));
        await File.WriteAllTextAsync(host.FileOf("token"), made.Output, Stage.Ct);
        string[] remote = ["--server", host.Tcp.BaseAddress!.ToString(), "--token-file", host.FileOf("token")];

        (await host.RunAsync(["hooks", "pause", "second", .. remote])).Code.ShouldBe(0);
        host.Stage.Worker("second").Paused.ShouldNotBeNull();
        var list = await host.RunAsync(["tokens", "list", .. remote]);
        list.Output.ShouldContain("ci    admin  write  live ");
        list.Output.ShouldNotContain(made.Output.Trim()[13..]);

        (await host.RunAsync("tokens", "revoke", "ci")).ShouldBe((0, "ci is revoked\n", ""));
        (await host.RunAsync(["tokens", "list", .. remote])).ShouldBe((1, "", "wg-fleet: the token is unknown, revoked or expired\n"));
        (await host.RunAsync("tokens", "list")).Output.ShouldContain("ci    admin  write  revoked ");
    }

    [Fact]
    public async Task An_enrollment_token_is_created_listed_and_revoked()
    {
        await using var host = await AdminHost.StartAsync(null, typeof(HandlerTests.Second));

        var made = await host.RunAsync(
            "tokens", "create", "--enroll", "lab", "--fleet", "alpha", "--uses", "200", "--expires", "7d", "--prune-timeout", "2h", "--tag", "room=e14", "--tag", "note=a=b");

        made.Code.ShouldBe(1, "a value of a tag has no =");
        made = await host.RunAsync(
            "tokens", "create", "--enroll", "lab", "--fleet", "alpha", "--uses", "200", "--expires", "7d", "--prune-timeout", "2h", "--tag", "room=e14", "--tag", "rack=3");
        made.Error.ShouldBe("This is token 'lab' for 200 machines of fleet alpha. Its secret is stored nowhere and shown only here; 'wg-fleet tokens revoke lab' ends it.\n");
        made.Output.ShouldMatch(@"\Awgf_[0-9a-f]{8}_[A-Za-z0-9_-]{43}\n\z");
        (await host.RunAsync("tokens", "create", "--enroll", "any")).Error.ShouldStartWith("This is token 'any' for any number of machines of all fleets. ");
        var list = (await host.RunAsync("tokens", "list")).Output;
        list.ShouldMatch(@"(?m)^lab +enrollment +- +live +alpha +200 of 200 ");
        list.ShouldMatch(@"(?m)^any +enrollment +- +live +all +- ");

        (await host.RunAsync("tokens", "revoke", "lab")).ShouldBe((0, "lab is revoked\n", ""));
        (await host.RunAsync("tokens", "create", "--enroll", "x", "--fleet", "nosuch")).ShouldBe((1, "", "wg-fleet: there is no fleet 'nosuch'\n"));
    }

    [Fact]
    public async Task A_token_for_several_fleets_is_created_and_listed_with_its_fleets()
    {
        await using var host = await AdminHost.StartAsync(null, typeof(HandlerTests.Second));

        var made = await host.RunAsync("tokens", "create", "--enroll", "desk", "--fleet", "alpha", "--fleet", "BETA", "--fleet", "alpha", "--role", "operator");

        made.Error.ShouldStartWith("This is token 'desk' for any number of machines of fleets alpha and beta. ");
        (await host.RunAsync("tokens", "list")).Output.ShouldMatch(@"(?m)^desk +enrollment +- +live +alpha, beta +- ");
        (await host.RunAsync("tokens", "create", "--enroll", "x", "--fleet", "alpha", "--fleet", "nosuch")).ShouldBe((1, "", "wg-fleet: there is no fleet 'nosuch'\n"));
    }

    [Fact]
    public async Task An_admin_token_cannot_create_another_or_revoke_the_last_one()
    {
        await using var host = await AdminHost.StartAsync(null, typeof(HandlerTests.Second));
        await File.WriteAllTextAsync(host.FileOf("token"), (await host.RunAsync("tokens", "create", "--admin", "ci", "--scope", "write")).Output, Stage.Ct);
        string[] remote = ["--server", host.Tcp.BaseAddress!.ToString(), "--token-file", host.FileOf("token")];

        (await host.RunAsync(["tokens", "create", "--admin", "more", "--scope", "read", .. remote]))
            .ShouldBe((1, "", "wg-fleet: only root on the server may do this: sudo wg-fleet\n"));
        (await host.RunAsync(["tokens", "revoke", "ci", .. remote]))
            .ShouldBe((1, "", "wg-fleet: this is the last admin token, and without one reading needs no token: revoke it on the server itself\n"));
    }

    [Theory]
    [InlineData("wg-fleet: there is a token 'ci' already; revoke it first, or use another name\n", "create", "--admin", "ci", "--scope", "read")]
    [InlineData("wg-fleet: a token's name is 1 to 64 letters, digits and . _ -\n", "create", "--admin", "<b>", "--scope", "read")]
    [InlineData("wg-fleet: there is no token 'nosuch'\n", "revoke", "nosuch")]
    [InlineData("wg-fleet: --token-file is for --server URL; the socket needs neither token nor certificate\n", "list", "--token-file", "/x")]
    [InlineData("wg-fleet: the token cannot be read: Could not find file '/nosuch'.\n", "list", "--server", "http://127.0.0.1:1", "--token-file", "/nosuch")]
    public async Task A_refusal_ends_with_exit_code_1_and_one_line(string error, params string[] arguments)
    {
        await using var host = await AdminHost.StartAsync(null, typeof(HandlerTests.Second));
        (await host.RunAsync("tokens", "create", "--admin", "ci", "--scope", "read")).Code.ShouldBe(0);

        (await host.RunAsync(["tokens", .. arguments])).ShouldBe((1, "", error));
    }

    [Theory]
    [InlineData("create", "--scope", "read")]
    [InlineData("create")]
    [InlineData("create", "--admin", "x")]
    [InlineData("create", "--admin", "x", "--enroll", "y", "--scope", "read")]
    [InlineData("create", "--enroll", "x", "--scope", "read")]
    [InlineData("create", "--admin", "x", "--scope", "read", "--uses", "3")]
    [InlineData("create", "--enroll", "x", "--uses", "0")]
    [InlineData("create", "--enroll", "x", "--tag", "room")]
    [InlineData("create", "--enroll", "x", "--tag", "room=1", "--tag", "room=2")]
    [InlineData("create", "--enroll", "x", "--prune-timeout", "soon")]
    [InlineData("create", "--admin", "x", "--scope", "root")]
    [InlineData("create", "--admin", "x", "--scope", "read", "--expires", "soon")]
    [InlineData("list", "--server", "example.com")]
    [InlineData("list", "--server", "http://user@example.com/")]
    [InlineData("list", "--server", "http://example.com/more")]
    public async Task A_wrong_command_line_ends_with_exit_code_2(params string[] arguments) =>
        (await CommandRun.RunAsync(["tokens", .. arguments])).ExitCode.ShouldBe(2);
}
