using System.CommandLine;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Http.Api;
using WgFleet.Linux;

namespace WgFleet.Cli.Ssh;

/// <summary><c>wg-fleet ssh</c>: logs in to a machine, through its tunnel, by OpenSSH.</summary>
internal static class SshCommand
{
    public static Command Create(Option<string> config)
    {
        var op = new ServerCommand(config);
        var which = new Argument<string>("CLIENT") { Description = "The client, by address, public key, name or name.fleet; USER@ may stand before it" };
        var words = new Argument<string[]>("COMMAND") { Description = "What to run there, after --; nothing for a shell", Arity = ArgumentArity.ZeroOrMore };
        var fleet = new Option<string?>("--fleet") { Description = "Only in this fleet", HelpName = "NAME" };
        var ssh = new SshArguments();
        return op.Command("ssh", "Logs in to a machine through its tunnel, with ssh; its exit code is that of ssh", [which, words, fleet, .. ssh.Options],
            async (client, parse, cancellationToken) =>
        {
            var (user, name) = parse.GetValue(which)!.Split('@', 2) is [{ Length: > 0 } before, var after] ? (before, after) : (null, parse.GetValue(which)!);
            var found = await client.GetAsync(ClientPath.Of("clients", name, parse.GetValue(fleet)), AdminJson.Default.ClientInfo, cancellationToken);
            if (SshArguments.IsOffline(found))
                await Console.Error.WriteLineAsync($"wg-fleet: {Table.Plain(found.Hostname ?? found.Address)} is offline, last seen {Times.Full(found.LastSeen, utc: false)}");

            try
            {
                throw Interop.Execute(SystemCommand.Find("ssh"), ssh.For(parse, found, user, [], parse.GetValue(words) ?? []));
            }
            catch (IOException e)
            {
                throw new AdminException($"{e.Message}; this command takes the OpenSSH client", e);
            }
        }, hasJson: false);
    }
}
