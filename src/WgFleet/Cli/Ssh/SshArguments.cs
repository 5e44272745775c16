using System.CommandLine;
using WgFleet.Http.Api;

namespace WgFleet.Cli.Ssh;

/// <summary>The options by which ssh(1) is started, and its command line for one client.</summary>
internal sealed class SshArguments
{
    private readonly Option<string?> _user = new("--user", "-l") { Description = "Log in as this user (default: as ssh does)", HelpName = "NAME" };
    private readonly Option<string?> _identity = new("--identity", "-i") { Description = "The private key to log in with (default: as ssh does)", HelpName = "FILE" };
    private readonly Option<string[]> _options = new("--ssh-option")
    {
        Description = "An option of ssh_config(5), such as ProxyJump=gateway; may be repeated", HelpName = "NAME=VALUE", Arity = ArgumentArity.OneOrMore,
        CustomParser = result =>
        {
            foreach (var token in result.Tokens.Where(t => t.Value.IndexOf('=', StringComparison.Ordinal) <= 0))
                result.AddError($"--ssh-option '{token.Value}' is not NAME=VALUE");

            return [.. result.Tokens.Select(t => t.Value)];
        },
    };

    // A machine that has just joined counts as online from the server's next look at WireGuard on, up to 20 s later.
    private static readonly TimeSpan JustSeen = TimeSpan.FromMinutes(1);

    public IReadOnlyList<Option> Options => [_user, _identity, _options];

    /// <summary>Whether there is no use in trying to reach a machine.</summary>
    public static bool IsOffline(ClientInfo client) => !client.Online && TimeProvider.System.GetUtcNow() - client.LastSeen > JustSeen;

    /// <summary>The arguments of ssh, its own name first. Writes the file of the client's host key.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="client">The machine to log in to.</param>
    /// <param name="user">The user if the command line names it with the client.</param>
    /// <param name="before">Options of the caller, NAME=VALUE, which win over those of the user.</param>
    /// <param name="command">What to run there; nothing for a shell.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public IReadOnlyList<string> For(ParseResult parse, ClientInfo client, string? user, IReadOnlyList<string> before, IReadOnlyList<string> command)
    {
        // ssh takes the first value that it finds for an option. Its configuration file is asked by the machine's name.
        List<string> options = [$"HostName={client.Address}", .. HostKeys.OfUser().Options(client), .. before, .. parse.GetValue(_options) ?? []];
        List<string> arguments = ["ssh", .. options.SelectMany(o => new[] { "-o", o })];
        if ((user ?? parse.GetValue(_user)) is { } name)
            arguments.AddRange(["-l", name]);
        if (parse.GetValue(_identity) is { } identity)
            arguments.AddRange(["-i", Path.GetFullPath(identity)]);

        return [.. arguments, "--", client.Fqdn ?? client.Hostname ?? client.Address, .. command];
    }
}
