using System.CommandLine;
using WgFleet.Access;
using WgFleet.Cli.Arguments;
using WgFleet.Cli.ClientCommands;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Config.Isolation;
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

    private static readonly Column<TokenInfo>[] Columns =
    [
        new("NAME", t => t.Name, MayBeCut: true),
        new("KIND", t => t.Kind),
        new("SCOPE", t => t.Scope),
        new("STATE", t => t.State.Replace('_', ' ')),
        new("FLEET", t => t.Kind == TokenRow.Admin ? null : Fleets(t)),
        new("USES LEFT", t => t.MaxUses is { } most ? $"{most - t.Uses} of {most}" : null),
        new("CREATED", t => t.CreatedAt),
        new("EXPIRES", t => t.ExpiresAt),
        new("REVOKED", t => t.RevokedAt, IsWide: true),
        new("TAGS", t => ClientLists.Tags(t.Tags), IsWide: true),
        new("ID", t => t.Id, IsWide: true),
    ];

    private static Command List(ServerCommand op) => op.List("list", "Lists tokens, without their secrets", [], async (client, parse, cancellationToken) =>
    {
        var found = await client.GetAsync("/tokens", AdminJson.Default.TokensResponse, cancellationToken);
        op.PrintList(parse, found, AdminJson.Default.TokensResponse, found.Tokens, Columns);
        return ExitCode.Ok;
    });

    private static Command Make(ServerCommand op)
    {
        var admin = new Option<string?>("--admin") { Description = "Create a token with this name for an operator or a program", HelpName = "NAME" };
        var scope = Value.Option("--scope", "What the token allows", TokenRow.Read, TokenRow.Write);
        var enroll = new Option<string?>("--enroll") { Description = "Create an enrollment token with this name, for machines", HelpName = "NAME" };
        var fleet = new Option<string[]>("--fleet") { Description = "Only for this fleet; may be repeated for several (default: all fleets)", HelpName = "NAME", Arity = ArgumentArity.OneOrMore };
        var uses = Value.Option("--uses", "Maximum number of machines, each with its own key (default: any number)", "N", Value.Number(1, int.MaxValue));
        var prune = Duration("--prune-timeout", "How long these machines may be silent before they are pruned, such as 2h (default: from the configuration)");
        var tags = Arguments.Tags.Option("--tag", "A tag for these machines; may be repeated");
        var role = Value.Option("--role", "operator: the machine is an operator's laptop, which reaches all clients of a fleet with 'peers' or 'allow' (the tag role=operator)", IsolationConfig.Operator.Value);
        var expires = Duration("--expires", "When the token expires, such as 12h or 90d (default: never)");
        Option[] ofMachines = [fleet, uses, prune, tags, role];
        return op.Command(
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
                    Fleet = parse.GetValue(fleet) is [var only] ? only : null,
                    Fleets = parse.GetValue(fleet) is { Length: > 1 } several ? several : null,
                    MaxUses = (int?)parse.GetValue(uses),
                    PruneTimeoutSeconds = Seconds(parse.GetValue(prune)),
                    Tags = WithRole(parse.GetValue(tags), parse.GetValue(role)),
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
            },
            rule: parse =>
            {
                var isAdmin = parse.GetResult(admin) is not null;
                return isAdmin == parse.GetResult(enroll) is not null ? "use one of --admin NAME and --enroll NAME"
                    : isAdmin != parse.GetResult(scope) is not null ? isAdmin ? "--scope is missing; use read or write" : "--scope is for --admin"
                    : isAdmin && ofMachines.FirstOrDefault(o => parse.GetResult(o) is not null) is { } option ? $"{option.Name} is for --enroll"
                    : null;
            });
    }

    private static IReadOnlyDictionary<string, string>? WithRole(IReadOnlyDictionary<string, string>? tags, string? role) =>
        role is null ? tags : new Dictionary<string, string>(tags ?? Store.Tags.None) { [IsolationConfig.Operator.Key] = role };

    private static Command Revoke(ServerCommand op) =>
        op.Command("revoke", "Revokes a token and ends its sessions at once", [Name, Confirmation.Yes], async (client, parse, cancellationToken) =>
    {
        if (!await Confirmation.GivenAsync(parse, async () =>
        {
            var name = parse.GetValue(Name)!;
            var tokens = await client.GetAsync("/tokens", AdminJson.Default.TokensResponse, cancellationToken);
            return tokens.Tokens.Any(t => t.Name == name && t.RevokedAt is null)
                ? $"This revokes token {name}: what uses it is refused from now on, and nothing brings the token back."
                : throw new AdminException($"there is no token '{name}'");
        }))
            return ExitCode.Failure;

        var revoked = await client.DeleteAsync($"/tokens/{Uri.EscapeDataString(parse.GetValue(Name)!)}", AdminJson.Default.TokenInfo, cancellationToken);
        op.Print(parse, revoked, AdminJson.Default.TokenInfo, t => Console.Out.WriteLine($"{t.Name} is revoked"));
        return ExitCode.Ok;
    });

    private static Option<TimeSpan?> Duration(string name, string description) =>
        Value.Option(name, description, "TIME", Value.Duration(TimeSpan.FromSeconds(1), "12h, 90d or another"));

    private static long? Seconds(TimeSpan? duration) => (long?)duration?.TotalSeconds;

    // A server of before has only the one fleet.
    private static string Fleets(TokenInfo token)
    {
        var unknown = token.UnknownFleets ?? [];
        return token.Fleets is null ? token.Fleet ?? "all" : string.Join(", ", token.Fleets.Select(f => unknown.Contains(f) ? $"{f} (not in the configuration)" : f));
    }

    private static string For(TokenInfo token) => token.Kind == TokenRow.Admin
        ? $"with scope {token.Scope}"
        : $"for {(token.MaxUses is { } uses ? uses == 1 ? "one machine" : $"{uses} machines" : "any number of machines")} of {TokenRegistry.FleetsOf(token.Fleets)}";
}
