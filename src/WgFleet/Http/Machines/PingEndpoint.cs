using System.Net;
using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Fleets;
using WgFleet.Fleets.Commands;
using WgFleet.Fleets.Naming;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Http.Api;
using WgFleet.Http.Api.Document;
using WgFleet.Metrics;

namespace WgFleet.Http.Machines;

/// <summary>The request by which a machine says that it is alive, and which name it wants.</summary>
internal static partial class PingEndpoint
{
    public static void MapPing(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/fleet/{fleet}/ping", PingAsync).WithMetadata(FleetMeter.Pings).Require(Audience.Machines, Permission.None)
            .DescribeForMachines("pingServer", "Tells the server that the client is alive, and which name it wants")
            .DescribeBody<PingRequest>()
            .DescribeAnswer<ReadyResponse>(200, "The client counts as alive")
            .DescribeRefusal(400, "The name is not one, or the body is not UTF-8")
            .DescribeRefusal(403, "The source address is not one of the fleet's subnet")
            .DescribeRefusal(404, "There is no such fleet, or no client with this address")
            .DescribeAnswer<RegenerateResponse>(409, "With \"regenerate\", another machine has the client's key, and this one is its copy: it is to make a key of its own and register with it. Without, the ping counts, and another client has the name")
            .DescribeAnswer<UnreadableResponse>(422, "The body is not a JSON object, or the name is not a string")
            .DescribeRefusal(500, "The name could not be stored");

    private static async ValueTask<IResult> PingAsync(
        string fleet, HttpContext context, ClientRegistry registry, HookSet hooks, TimeProvider time, ILoggerFactory logs)
    {
        var (hostname, refusal) = await PingBody.ReadAsync(context.Request);
        if (refusal is not null)
            return refusal;

        if (registry.Current.Fleet(fleet) is not { } found)
            return ClientEndpoints.UnknownFleet(fleet);

        if (ClientEndpoints.FindAsking(context, found, out var client) is { } notAClient)
            return notAClient;

        if (MachineHeader.Judge(context.Request, client, time) is { } regenerate)
            return regenerate;

        var asked = string.IsNullOrEmpty(hostname) ? null : hostname;
        if (asked is not null && !Hostnames.IsValid(asked))
            return Answer.Detail(StatusCodes.Status400BadRequest, "Invalid hostname format");

        // Before it is named, so that nobody takes its name for that of a silent client.
        client.Liveness.Pinged(time.GetUtcNow());
        ClientEndpoints.SetTunnelMark(context, found.Config);
        if (asked is null && found.Config.Hostnames != HostnamePolicy.Roster)
            return Answer.Ok;

        var naming = await registry.NameAsync(found, client, asked);
        if (naming.Changed)
        {
            LogNaming(logs.CreateLogger(ClientEndpoints.Category), client, naming);
            await hooks.AwaitProjectionsAsync(context.RequestAborted);
            ClientEndpoints.SetSequence(context, registry);
        }

        if (naming.Hostname is { } name)
            context.Response.Headers["Wg-Fleet-Hostname"] = $"{name}.{fleet}.{registry.Current.Domain}";

        return naming.IsRefused ? NameRefused(asked!, naming.Holder!) : Answer.Ok;
    }

    private static Answer NameRefused(string asked, RegisteredClient holder) =>
        Answer.Detail(StatusCodes.Status409Conflict, $"Hostname '{asked}' is taken: {holder.Address} has it");

    private static void LogNaming(ILogger log, RegisteredClient client, Renaming naming)
    {
        if (naming.Holder is { } holder)
            Log.TakenOver(log, client.Fleet, client.Address, naming.Hostname!, holder.Address);
        else if (naming.Hostname is { } hostname)
            Log.Named(log, client.Fleet, client.Address, hostname);
        else
            Log.Unnamed(log, client.Fleet, client.Address, client.Hostname!);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Hostname updated: fleet={Fleet}, ip={Ip}, hostname={Hostname}")]
        public static partial void Named(ILogger log, string fleet, IPAddress ip, string hostname);

        [LoggerMessage(2, LogLevel.Warning, "Hostname taken over: fleet={Fleet}, ip={Ip}, hostname={Hostname}, which {Holder} had")]
        public static partial void TakenOver(ILogger log, string fleet, IPAddress ip, string hostname, IPAddress holder);

        [LoggerMessage(3, LogLevel.Warning, "Hostname lost: fleet={Fleet}, ip={Ip}, hostname={Hostname}, which the roster does not give it")]
        public static partial void Unnamed(ILogger log, string fleet, IPAddress ip, string hostname);
    }
}
