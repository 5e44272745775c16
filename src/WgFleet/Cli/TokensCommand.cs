using System.CommandLine;
using System.Globalization;
using WgFleet.Http.Api;
using WgFleet.Store;

namespace WgFleet.Cli;

/// <summary><c>wg-fleet tokens</c>: what lets operators in over the network, and machines into fleets.</summary>
internal static class TokensCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "The token's name" };

    public static Command Create(Option<string> config)
    {
        var op = new ServerCommand(config);
        return new Command("tokens", "Shows, makes and revokes the tokens that let operators and machines in") { List(op), Make(op), Revoke(op) };
    }

    private static Command List(ServerCommand op) => op.Command("list", "Shows all tokens, but not what lets their holders in", [], async (client, parse, cancellationToken) =>
    {
        var found = await client.GetAsync("/tokens", AdminJson.Default.TokensResponse, cancellationToken);
        op.Print(parse, found, AdminJson.Default.TokensResponse, f => Table.Print(
        [
            ["NAME", "KIND", "SCOPE", "STATE", "FLEET", "USES LEFT", "CREATED", "EXPIRES", "ID"],
            .. f.Tokens.Select(t => new[] { t.Name, t.Kind, t.Scope ?? "-", t.State.Replace('_', ' '), Fleet(t), Left(t), Time(t.CreatedAt), Time(t.ExpiresAt), t.Id }),
        ]));
        return ExitCode.Ok;
    });

    private static Command Make(ServerCommand op)
    {
        var admin = new Option<string?>("--admin") { Description = "Make a token for an operator or a program of one, by this name", HelpName = "NAME" };
        var scope = new Option<string?>("--scope") { Description = "What that is good for", HelpName = "read|write" };
        scope.AcceptOnlyFromAmong(TokenRow.Read, TokenRow.Write);
        var enroll = new Option<string?>("--enroll") { Description = "Make a token that lets machines in, by this name", HelpName = "NAME" };
        var fleet = new Option<string?>("--fleet") { Description = "Into this fleet alone; into all otherwise", HelpName = "NAME" };
        var uses = new Option<int?>("--uses") { Description = "So many machines, each with a key of its own; any number otherwise", HelpName = "N" };
        var prune = Duration("--prune-timeout", "How long they may be quiet before they are removed, such as 2h; what the configuration says otherwise");
        var tags = new Option<string[]>("--tag") { Description = "What is noted of them, any number of times", HelpName = "KEY=VALUE" };
        var expires = Duration("--expires", "When it ends by itself, such as 12h or 90d; never otherwise");
        Option[] ofMachines = [fleet, uses, prune, tags];
        var command = op.Command(
            "create", "Makes a token and prints it, this once; on the server itself alone", [admin, scope, enroll, .. ofMachines, expires],
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
                    // The token alone goes to stdout, so that it can be put into a file.
                    Console.Error.WriteLine($"This is token '{m.Token.Name}' {For(m.Token)}. It is shown this once; 'wg-fleet tokens revoke {m.Token.Name}' ends it.");
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
                result.AddError("--uses is 1 or more");

            var keys = (result.GetValue(tags) ?? []).Select(t => t.Split('=')[0]).ToList();
            if ((result.GetValue(tags) ?? []).FirstOrDefault(t => !t.Contains('=', StringComparison.Ordinal)) is { } wrong)
                result.AddError($"--tag '{wrong}' is not KEY=VALUE");
            else if (keys.Distinct().Count() < keys.Count)
                result.AddError("--tag has a key twice");
        });
        return command;
    }

    private static Command Revoke(ServerCommand op) => op.Command("revoke", "Ends a token, and the sessions that began with it, at once", [Name], async (client, parse, cancellationToken) =>
    {
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
        : string.Create(CultureInfo.InvariantCulture, $"for {(token.MaxUses is { } uses ? uses == 1 ? "one machine" : $"{uses} machines" : "any number of machines")} of {(token.Fleet is { } fleet ? $"fleet {fleet}" : "all fleets")}");

    private static string Fleet(TokenInfo token) => token.Kind == TokenRow.Admin ? "-" : token.Fleet ?? "all";

    private static string Left(TokenInfo token) =>
        token.MaxUses is { } most ? string.Create(CultureInfo.InvariantCulture, $"{most - token.Uses} of {most}") : "-";

    private static string Time(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture) ?? "-";
}
