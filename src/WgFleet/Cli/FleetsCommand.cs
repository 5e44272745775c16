using System.CommandLine;
using System.Globalization;
using WgFleet.Http;

namespace WgFleet.Cli;

/// <summary><c>wg-fleet fleets</c>: the fleets and how many clients each has.</summary>
internal static class FleetsCommand
{
    public static Command Create(Option<string> config)
    {
        var op = new Operator(config);
        return op.Command("fleets", "Shows the fleets of the running server", [], async (client, parse, cancellationToken) =>
        {
            var found = await client.GetAsync("/fleets", AdminJson.Default.FleetsAnswer, cancellationToken);
            op.Print(parse, found, AdminJson.Default.FleetsAnswer, f => Table.Print(
            [
                ["NAME", "INTERFACE", "CLIENTS", "ONLINE", "SUBNET", "PORT"],
                .. f.Fleets.Select(x => new[] { x.Name, x.Interface, Number(x.Clients), Number(x.Online), x.Subnet, Number(x.Port) }),
            ]));
            return ExitCode.Ok;
        });
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
