using System.Net;
using WgFleet.Hooks.Admin;
using WgFleet.Store;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http.Api;

public class HookApiTests
{
    [Theory]
    [InlineData("GET", "/api/v1/hooks/nosuch")]
    [InlineData("POST", "/api/v1/hooks/nosuch/pause")]
    [InlineData("POST", "/api/v1/hooks/nosuch/resume")]
    [InlineData("POST", "/api/v1/hooks/nosuch/test")]
    [InlineData("POST", "/api/v1/hooks/nosuch/run")]
    [InlineData("POST", "/api/v1/hooks/nosuch/diff")]
    [InlineData("POST", "/api/v1/hooks/nosuch/replay?from=1")]
    [InlineData("GET", "/api/v1/deadletters?hook=nosuch")]
    [InlineData("GET", "/api/v1/deadletters/nosuch/1")]
    [InlineData("POST", "/api/v1/deadletters/nosuch/retry")]
    [InlineData("POST", "/api/v1/deadletters/nosuch/retry?seq=1")]
    [InlineData("POST", "/api/v1/deadletters/nosuch/drop")]
    [InlineData("POST", "/api/v1/deadletters/hosts_file/drop?seq=1")]
    [InlineData("GET", "/api/v1/wait?seq=1&hook=nosuch&timeout=0")]
    public async Task An_unknown_hook_or_dead_letter_is_404(string method, string path)
    {
        await using var server = await StartAsync();

        using var answer = await server.AskAsync(method, path, server.Token());

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task A_request_that_a_hook_does_not_support_is_409()
    {
        await using var server = await StartAsync();
        var token = server.Token();

        foreach (var path in new[] { "hosts_file/pause", "hosts_file/test", "hosts_file/replay?from=1" })
        {
            using var answer = await server.AskAsync("POST", $"/api/v1/hooks/{path}", token);
            answer.StatusCode.ShouldBe(HttpStatusCode.Conflict, path);
        }
    }

    [Fact]
    public async Task A_token_with_scope_write_can_change_hooks_over_the_network()
    {
        using var programs = new ExecFolder();
        await using var server = await StartAsync(c => c with { Hooks = AdminHost.Program(programs, 78) }, TimeProvider.System);
        using var folder = new Folder();
        var (read, write) = (folder.File("read"), folder.File("write"));
        await File.WriteAllTextAsync(read, server.Token(TokenRow.Read, "reader") + "\n", Ct);
        await File.WriteAllTextAsync(write, server.Token() + "\n", Ct);
        await server.JoinAsync();
        var desk = (HookAdmin)server.Services.GetService(typeof(HookAdmin))!;
        await Eventually.True(async () => (await desk.DeadLettersAsync("tell", 100, CancellationToken.None)).Count == 1);

        (await RunAsync(read, "hooks", "deadletters", "list")).Out.ShouldContain("tell");
        (await RunAsync(read, "hooks", "pause", "tell")).ShouldBe(new CommandRun(1, "", "wg-fleet: this needs a token with scope write\n"));
        (await RunAsync(write, "hooks", "pause", "tell")).Out.ShouldBe("tell is paused\n");
        (await RunAsync(write, "hooks", "resume", "tell")).ExitCode.ShouldBe(0);
        (await RunAsync(write, "hooks", "test", "tell")).ExitCode.ShouldBe(1);
        programs.Write("code", "0\n", "0644");
        (await RunAsync(write, "hooks", "test", "tell")).ExitCode.ShouldBe(0);
        (await RunAsync(write, "hooks", "replay", "tell", "--from", "1", "--dry-run")).Out.ShouldBe("1 event would be replayed\n");
        (await RunAsync(write, "hooks", "deadletters", "retry", "tell", "--all")).Out.ShouldBe("1 dead letter tried again\n");
        await Eventually.True(async () => (await desk.DeadLettersAsync("tell", 100, CancellationToken.None)).Count == 0);
        (await RunAsync(write, "hooks", "deadletters", "drop", "tell", "--all")).Out.ShouldBe("0 dead letters dropped\n");
        (await RunAsync(write, "hooks", "run", "hosts_file")).ExitCode.ShouldBe(0);
        (await RunAsync(write, "hooks", "pause", "nosuch")).Error.ShouldStartWith("wg-fleet: there is no hook 'nosuch';");

        Task<CommandRun> RunAsync(string token, params string[] arguments) => CommandRun.RunAsync([.. arguments, "--server", server.Addresses[0].ToString(), "--token-file", token]);
    }
}
