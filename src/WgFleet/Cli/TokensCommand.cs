using System.CommandLine;
using System.Globalization;
using WgFleet.Config;
using WgFleet.Http;
using WgFleet.Http.Api;
using WgFleet.Store;

namespace WgFleet.Cli;

/// <summary><c>wg-fleet tokens</c>: what lets operators in over the network.</summary>
internal static class TokensCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "The token's name" };

    public static Command Create(Option<string> config)
    {
        var op = new Operator(config);
        return new Command("tokens", "Shows, makes and revokes the tokens that let operators in") { List(op), Make(op), Revoke(op) };
    }

    private static Command List(Operator op) => op.Command("list", "Shows all tokens, but not what lets their holders in", [], async (client, parse, cancellationToken) =>
    {
        var found = await client.GetAsync("/tokens", AdminJson.Default.TokensAnswer, cancellationToken);
        op.Print(parse, found, AdminJson.Default.TokensAnswer, f => Table.Print(
        [
            ["NAME", "KIND", "SCOPE", "STATE", "CREATED", "EXPIRES", "ID"],
            .. f.Tokens.Select(t => new[] { t.Name, t.Kind, t.Scope ?? "-", t.State, Time(t.CreatedAt), Time(t.ExpiresAt), t.Id }),
        ]));
        return ExitCode.Ok;
    });

    private static Command Make(Operator op)
    {
        var admin = new Option<string>("--admin") { Description = "Make a token for an operator or a program of one, by this name", HelpName = "NAME", Required = true };
        var scope = new Option<string>("--scope") { Description = "What it is good for", HelpName = "read|write", Required = true };
        scope.AcceptOnlyFromAmong(TokenRow.Read, TokenRow.Write);
        var expires = new Option<string?>("--expires") { Description = "When it ends by itself, such as 12h or 90d; never otherwise", HelpName = "TIME" };
        expires.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !(Duration.TryParse(text, out var time) && time >= TimeSpan.FromSeconds(1)))
                result.AddError($"--expires '{text}' is not a duration; use 12h, 90d or another");
        });
        return op.Command("create", "Makes a token and prints it, this once; on the server itself alone", [admin, scope, expires], async (client, parse, cancellationToken) =>
        {
            TimeSpan lifetime = default;
            _ = parse.GetValue(expires) is { } text && Duration.TryParse(text, out lifetime);
            var wish = new TokenWish
            {
                Name = parse.GetValue(admin),
                Scope = parse.GetValue(scope),
                LifetimeSeconds = parse.GetValue(expires) is null ? null : (long)lifetime.TotalSeconds,
            };
            var made = await client.PostAsync("/tokens", wish, AdminJson.Default.TokenWish, AdminJson.Default.NewToken, cancellationToken);
            op.Print(parse, made, AdminJson.Default.NewToken, m =>
            {
                // The token alone goes to stdout, so that it can be put into a file.
                Console.Error.WriteLine($"This is token '{m.Token.Name}' with scope {m.Token.Scope}. It is shown this once; 'wg-fleet tokens revoke {m.Token.Name}' ends it.");
                Console.Out.WriteLine(m.Secret);
            });
            return ExitCode.Ok;
        });
    }

    private static Command Revoke(Operator op) => op.Command("revoke", "Ends a token, and the sessions that began with it, at once", [Name], async (client, parse, cancellationToken) =>
    {
        var revoked = await client.DeleteAsync($"/tokens/{Uri.EscapeDataString(parse.GetValue(Name)!)}", AdminJson.Default.TokenFacts, cancellationToken);
        op.Print(parse, revoked, AdminJson.Default.TokenFacts, t => Console.Out.WriteLine($"{t.Name} is revoked"));
        return ExitCode.Ok;
    });

    private static string Time(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture) ?? "-";
}
