using System.CommandLine;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Http.Api;
using WgFleet.Store;

namespace WgFleet.Cli;

/// <summary><c>wg-fleet tokens</c>: lists, creates and revokes tokens.</summary>
internal static class TokensCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "The token's name" };

    public static Command Create(Option<string> config)
    {
        var op = new ServerCommand(config);
        return new Command("tokens", "Lists, creates and revokes admin tokens and enrollment tokens") { List(op), Make(op), Revoke(op) };
    }

    private static Command List(ServerCommand op) => op.Command("list", "Lists tokens, without their secrets", [], async (client, parse, cancellationToken) =>
    {
        var found = await client.GetAsync("/tokens", AdminJson.Default.TokensResponse, cancellationToken);
        op.Print(parse, found, AdminJson.Default.TokensResponse, f => Table.Print(
        [
            ["NAME", "KIND", "SCOPE", "STATE", "FLEET", "USES LEFT", "CREATED", "EXPIRES", "ID"],
            .. f.Tokens.Select(t => new[] { t.Name, t.Kind, t.Scope ?? "-", t.State.Replace('_', ' '), Fleet(t), Left(t), Time(t.CreatedAt),
                Time(t.ExpiresAt), t.Id }),
        ]));
        return ExitCode.Ok;
    });

    private static Command Make(ServerCommand op)
    {
        var admin = new Option<string?>("--admin") { Description = "Create a token with this name for an operator or a program", HelpName = "NAME" };
        var scope = new Option<string?>("--scope") { Description = "What the token allows", HelpName = "read|write" };
        scope.AcceptOnlyFromAmong(TokenRow.Read, TokenRow.Write);
        var enroll = new Option<string?>("--enroll") { Description = "Create an enrollment token with this name, for machines", HelpName = "NAME" };
        var fleet = new Option<string?>("--fleet") { Description = "Only for this fleet (default: all fleets)", HelpName = "NAME" };
        var uses = new Option<int?>("--uses") { Description = "Maximum number of machines, each with its own key (default: any number)", HelpName = "N" };
        var prune = Duration("--prune-timeout", "How long these machines may be silent before they are pruned, such as 2h (default: from the configuration)");
        var tags = new Option<string[]>("--tag") { Description = "A tag for these machines; may be repeated", HelpName = "KEY=VALUE" };
        var expires = Duration("--expires", "When the token expires, such as 12h or 90d (default: never)");
        Option[] ofMachines = [fleet, uses, prune, tags];
        var command = op.Command(
            "create", "Creates a token and prints its secret, once; only on the server itself", [admin, scope, enroll, .. ofMachines, expires],
            async (client, parse, cancellationToken) =>
            {
                var isAdmin = parse.GetValue(admin) is not null;
                var wish = new TokenRequest
                {
                    Name = parse.GetValue(admin) ?? parse.GetValue(enroll),
                    Kind = isAdmin ? TokenRow.Admin : TokenRow.Enrollment,
                    Scope = parse.GetValue(scope),
                    LifetimeSeconds = Seconds(parse.GetValue(expires)),
                    Fleet = parse.GetValue(fleet),
                    MaxUses = parse.GetValue(uses),
                    PruneTimeoutSeconds = Seconds(parse.GetValue(prune)),
                    Tags = parse.GetValue(tags) is { Length: > 0 } given ? given.Select(t => t.Split('=', 2)).ToDictionary(t => t[0], t => t[1]) : null,
                };
                var made = await client.PostAsync("/tokens", wish, AdminJson.Default.TokenRequest, AdminJson.Default.NewToken, cancellationToken);
                op.Print(parse, made, AdminJson.Default.NewToken, m =>
                {
                    // Only the secret goes to stdout, so that it can be redirected to a file.
                    Console.Error.WriteLine(
                        $"This is token '{m.Token.Name}' {For(m.Token)}. Its secret is stored nowhere and shown only here; "
                        + $"'wg-fleet tokens revoke {m.Token.Name}' ends it.");
                    Console.Out.WriteLine(m.Secret);
                });
                return ExitCode.Ok;
            });
        command.Validators.Add(result =>
        {
            var isAdmin = result.GetResult(admin) is not null;
            if (isAdmin == result.GetResult(enroll) is not null)
                result.AddError("use one of --admin NAME and --enroll NAME");
            else if (isAdmin != result.GetResult(scope) is not null)
                result.AddError(isAdmin ? "--scope is missing; use read or write" : "--scope is for --admin");
            else if (isAdmin && ofMachines.FirstOrDefault(o => result.GetResult(o) is not null) is { } option)
                result.AddError($"{option.Name} is for --enroll");

            if (result.GetValue(uses) is < 1)
                result.AddError("--uses must be at least 1");

            var keys = (result.GetValue(tags) ?? []).Select(t => t.Split('=')[0]).ToList();
            if ((result.GetValue(tags) ?? []).FirstOrDefault(t => !t.Contains('=', StringComparison.Ordinal)) is { } wrong)
                result.AddError($"--tag '{wrong}' is not KEY=VALUE");
            else if (keys.Distinct().Count() < keys.Count)
                result.AddError("--tag repeats a key");
        });
        return command;
    }

    private static Command Revoke(ServerCommand op) =>
        op.Command("revoke", "Revokes a token and ends its sessions at once", [Name, Confirmation.Yes], async (client, parse, cancellationToken) =>
    {
        if (!await Confirmation.GivenAsync(parse, () => Task.FromResult(
            $"This revokes token {parse.GetValue(Name)}: what uses it is refused from now on, and nothing brings the token back.")))
            return ExitCode.Failure;

        var revoked = await client.DeleteAsync($"/tokens/{Uri.EscapeDataString(parse.GetValue(Name)!)}", AdminJson.Default.TokenInfo, cancellationToken);
        op.Print(parse, revoked, AdminJson.Default.TokenInfo, t => Console.Out.WriteLine($"{t.Name} is revoked"));
        return ExitCode.Ok;
    });

    private static Option<string?> Duration(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "TIME" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !(Config.Duration.TryParse(text, out var time) && time >= TimeSpan.FromSeconds(1)))
                result.AddError($"{name} '{text}' is not a duration; use 12h, 90d or another");
        });
        return option;
    }

    private static long? Seconds(string? duration) =>
        duration is not null && Config.Duration.TryParse(duration, out var time) ? (long)time.TotalSeconds : null;

    private static string For(TokenInfo token) => token.Kind == TokenRow.Admin
        ? $"with scope {token.Scope}"
        : $"for {(token.MaxUses is { } uses ? uses == 1 ? "one machine" : $"{uses} machines" : "any number of machines")} of {(token.Fleet is { } fleet ? $"fleet {fleet}" : "all fleets")}";

    private static string Fleet(TokenInfo token) => token.Kind == TokenRow.Admin ? "-" : token.Fleet ?? "all";

    private static string Left(TokenInfo token) =>
        token.MaxUses is { } most ? $"{most - token.Uses} of {most}" : "-";

    private static string Time(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'") ?? "-";
}
