using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Access;
using WgFleet.Access.Approvals;
using WgFleet.Config;
using WgFleet.Store;
using WgFleet.WireGuard;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Access;

/// <summary>Machines that wait until an operator lets them in.</summary>
public class ApprovalTests
{
    [Fact]
    public async Task A_machine_waits_until_an_operator_approves_it_and_is_not_asked_again()
    {
        await using var server = await WithApprovalAsync();
        var key = Some.Key();

        (await AskAsync(server, key)).ShouldBe((202, "10", $$"""{"detail":"This machine waits until an operator lets it in to alpha: wg-fleet approvals approve alpha {{key}}"}"""));
        (await AskAsync(server, key)).Status.ShouldBe(202);
        server.Registry.Current.Fleet("alpha")!.Count.ShouldBe(0);
        (await TroubleAsync(server)).ShouldBe("1 machine waits to be let in to alpha");
        string.Join(' ', (await server.RunAsync("status")).Out.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ShouldSatisfyAllConditions(
            s => s.ShouldContain("wg-fleet approvals approve alpha KEY"), s => s.ShouldContain("wg-fleet approvals list alpha"));

        (await server.RunAsync("approvals", "approve", "alpha", key.ToString()[..6])).ShouldBe(new(0, $"{key} is approved, asked from 127.0.0.1\n", ""));
        (await AskAsync(server, key)).Status.ShouldBe(200);
        (await AskAsync(server, key)).Status.ShouldBe(200);
        (await TroubleAsync(server)).ShouldBeNull();
        server.Desk().Of("alpha").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_refused_machine_is_told_so_until_it_is_approved_or_thirty_days_are_over()
    {
        await using var server = await WithApprovalAsync();
        var (key, other) = (Some.Key(), Some.Key());
        await AskAsync(server, key);
        await AskAsync(server, other);

        (await server.RunAsync("approvals", "refuse", "alpha", "--all", "--yes")).ExitCode.ShouldBe(0);
        (await AskAsync(server, key)).ShouldBe((403, null, """{"detail":"An operator has refused to let this machine in to alpha"}"""));
        (await server.RunAsync("approvals", "approve", "alpha", key.ToString())).ExitCode.ShouldBe(0);
        (await AskAsync(server, key)).Status.ShouldBe(200);

        server.Time.Advance(ApprovalList.RefusedFor);
        await server.Desk().SaveAsync();
        (await AskAsync(server, other)).Status.ShouldBe(202);
    }

    [Fact]
    public async Task A_machine_that_waits_takes_no_use_of_its_token()
    {
        await using var server = await StartAsync(c => With(c, ApprovalPolicy.Operator, enrollment: new() { NeedsToken = true }));
        var (_, secret) = await server.Services.GetRequiredService<TokenRegistry>().CreateEnrollmentAsync(new("lab") { MaxUses = 1 }, Acting.As("ops"));
        var (first, second) = (Some.Key(), Some.Key());

        (await AskAsync(server, first, token: secret.Reveal())).Status.ShouldBe(202);
        (await AskAsync(server, second, token: secret.Reveal())).Status.ShouldBe(202);
        await server.Desk().DecideAsync("alpha", null, approve: true, Acting.As("ops"));

        (await AskAsync(server, first, token: secret.Reveal())).Status.ShouldBe(200);
        (await AskAsync(server, second, token: secret.Reveal())).Status.ShouldBe(403);
    }

    [Fact]
    public async Task Machines_beyond_the_limit_of_one_source_are_not_noted()
    {
        await using var server = await WithApprovalAsync();
        for (var i = 0; i < ApprovalList.MaxOfSource; i++)
            (await AskAsync(server, Some.Key(), from: $"2001:db8::{i:x}")).Status.ShouldBe(202);

        (await AskAsync(server, Some.Key(), from: "2001:db8::ffff")).ShouldBe((429, "60", """{"detail":"Too many machines wait to be let in to alpha"}"""));
        (await AskAsync(server, Some.Key(), from: "2001:db8:0:1::1")).Status.ShouldBe(202);

        server.Time.Advance(ApprovalList.Waits);
        await server.Desk().SaveAsync();
        server.Desk().Of("alpha").ShouldBeEmpty();
        (await AskAsync(server, Some.Key(), from: "2001:db8::ffff")).Status.ShouldBe(202);
    }

    [Fact]
    public async Task A_machine_of_the_roster_is_let_in_at_once_and_a_second_one_that_says_it_is_the_same_waits()
    {
        await using var server = await StartAsync(c => With(c, ApprovalPolicy.Roster, "seat,serial,switch_port\nD14,SN14,\nD15,,sw1/7\n"));

        (await AskAsync(server, Some.Key(), serial: "SN14")).Status.ShouldBe(200);
        (await AskAsync(server, Some.Key(), serial: "SN14")).Status.ShouldBe(202);
        (await AskAsync(server, Some.Key(), serial: "SN99")).Status.ShouldBe(202);
        (await AskAsync(server, Some.Key())).Status.ShouldBe(202);
    }

    [Fact]
    public async Task Of_many_machines_that_say_at_once_that_they_are_the_same_one_is_let_in()
    {
        await using var server = await StartAsync(c => With(c, ApprovalPolicy.Roster, "seat,serial\nD14,SN14\n"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => AskAsync(server, Some.Key(), serial: "SN14")));

        answers.Count(a => a.Status == 200).ShouldBe(1);
        answers.Count(a => a.Status == 202).ShouldBe(29);
    }

    [Fact]
    public async Task A_machine_can_be_approved_by_its_whole_key_before_it_asks()
    {
        await using var server = await WithApprovalAsync();
        var key = Some.Key();

        await server.Desk().DecideAsync("alpha", [key.ToString()], approve: true, Acting.As("ops"));

        (await AskAsync(server, key)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_client_that_was_pruned_comes_back_by_itself_and_one_that_an_operator_removed_waits()
    {
        await using var server = await WithApprovalAsync();
        var (pruned, removed) = (Some.Key(), Some.Key());
        await AskAsync(server, pruned);
        await AskAsync(server, removed);
        await server.Desk().DecideAsync("alpha", null, approve: true, Acting.As("ops"));
        await AskAsync(server, pruned);
        await AskAsync(server, removed);
        await server.Registry.RemoveAsync("alpha", [server.Registry.Current.Fleet("alpha")!.ByKey[pruned].Id], _ => true, "stale");
        await server.Registry.RemoveAsync("alpha", [server.Registry.Current.Fleet("alpha")!.ByKey[removed].Id], _ => true, "removed");

        (await AskAsync(server, pruned)).Status.ShouldBe(200);
        (await AskAsync(server, removed)).Status.ShouldBe(202);
    }

    [Fact]
    public async Task A_machine_whose_key_the_server_would_make_is_told_to_make_its_own()
    {
        await using var server = await WithApprovalAsync();

        using var answer = await server.Http.PostAsync("/fleet/alpha/register", null, Ct);

        ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct)).ShouldBe(
            (403, """{"detail":"An operator approves the machines of alpha by their keys: register with a public_key of the machine's own"}"""));
    }

    [Theory]
    [InlineData("""{"act":"let in","all":true}""", "act is approve or refuse")]
    [InlineData("""{"act":"approve"}""", "name machines by their keys, or say {\"all\":true} for all that wait, not both")]
    [InlineData("""{"act":"approve","all":true,"machines":["AAAA"]}""", "name machines by their keys, or say {\"all\":true} for all that wait, not both")]
    [InlineData("""{"act":"approve","machines":["AAA"]}""", "name a machine by its key, or by the first four characters of it or more")]
    [InlineData("""{"act":"approve","machines":["AAAA"]}""", "no machine with the key AAAA asks to be let in to alpha: 'wg-fleet approvals list alpha' lists those that do")]
    public async Task A_wrong_wish_is_refused_in_one_line(string body, string why)
    {
        await using var server = await WithApprovalAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/fleets/alpha/approvals") { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {server.Token()}");

        using var answer = await server.Http.SendAsync(request, Ct);

        (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("detail").GetString().ShouldBe(why);
    }

    [Fact]
    public async Task Approval_and_refusal_are_events_that_name_the_operator()
    {
        await using var server = await WithApprovalAsync();
        var key = Some.Key();
        await AskAsync(server, key);

        await server.Desk().DecideAsync("alpha", [key.ToString()], approve: false, Acting.As("kim"));
        await server.Desk().DecideAsync("alpha", [key.ToString()], approve: true, Acting.As("kim"));

        using var operators = new HttpClient(server.Operators()) { BaseAddress = new Uri("http://server") };
        var events = (await operators.GetFromJsonAsync<JsonElement>("/api/v1/events", Ct)).GetProperty("events").EnumerateArray().Select(e => e.GetProperty("event"))
            .Where(e => e.GetProperty("type").GetString()!.StartsWith("operator.machines_", StringComparison.Ordinal)).ToList();
        events.Select(e => e.GetProperty("type").GetString()).ShouldBe(["operator.machines_refused", "operator.machines_approved"], ignoreOrder: true);
        events.ShouldAllBe(e => e.GetProperty("data").GetProperty("detail").GetString() == key.ToString() && e.GetProperty("data").GetProperty("operator").GetProperty("name").GetString() == "kim");
    }

    private static Task<TestServer> WithApprovalAsync() => StartAsync(c => With(c, ApprovalPolicy.Operator));

    private static ServerConfig With(ServerConfig config, ApprovalPolicy approval, string? roster = null, EnrollmentConfig? enrollment = null) => config with
    {
        Fleets =
        [
            config.Fleets[0] with { Approval = approval, Roster = roster is null ? null : Some.Roster(roster), Enrollment = enrollment ?? EnrollmentConfig.Open },
            .. config.Fleets.Skip(1),
        ],
    };

    private static async Task<string?> TroubleAsync(TestServer server) =>
        (await server.Http.GetFromJsonAsync<JsonElement>("/api/v1/troubles", Ct)).GetProperty("troubles").EnumerateArray()
            .Where(t => t.GetProperty("kind").GetString() == "machines_waiting").Select(t => t.GetProperty("text").GetString()).SingleOrDefault();

    private static async Task<(int Status, string? RetryAfter, string Body)> AskAsync(TestServer server, WireGuardKey key, string? serial = null, string? token = null, string? from = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/fleet/alpha/register")
        {
            Content = serial is null ? JsonContent.Create(new { public_key = key.ToString() }) : JsonContent.Create(new { public_key = key.ToString(), facts = new { board_serial = serial } }),
        };
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        if (from is not null)
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", from);

        using var answer = await server.Http.SendAsync(request, Ct);
        return ((int)answer.StatusCode, answer.Headers.RetryAfter?.ToString(), await answer.Content.ReadAsStringAsync(Ct));
    }
}

/// <summary>Short words for tests of approval.</summary>
internal static class ApprovalTest
{
    public static ApprovalDesk Desk(this TestServer server) => server.Services.GetRequiredService<ApprovalDesk>();
}
