using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http.Features;
using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Fleets;
using WgFleet.Fleets.Commands;
using WgFleet.Fleets.Naming;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Http.Api;
using WgFleet.Http.Api.Document;
using WgFleet.Metrics;
using WgFleet.Tunnels;
using WgFleet.WireGuard;

namespace WgFleet.Http.Machines;

/// <summary>The requests by which machines register and say that they are alive.</summary>
internal static partial class ClientEndpoints
{
    private const string Category = "WgFleet.Http.Clients";

    public static void MapClients(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/fleet/{fleet}/register", RegisterAsync).WithMetadata(FleetMeter.Registrations).Require(Audience.Machines, Permission.None)
            .DescribeForMachines("registerClient", "Registers a new client with a random free address; with the key of a client that is there already, answers the same again")
            .DescribeBody<RegisterRequest>()
            .DescribeAnswer<RegisterResponse>(200, "The client is registered, and WireGuard has its key")
            .DescribeRefusal(401, "The fleet takes an enrollment token, and this is none")
            .DescribeRefusal(403, "The token, or the caller's address, is not admitted")
            .DescribeRefusal(404, "There is no such fleet")
            .DescribeRefusal(409, "A client of another fleet has this key")
            .DescribeAnswer<UnreadableResponse>(422, "This is not a WireGuard key, or the key of a gateway, or a fact is wrong")
            .DescribeRefusal(429, "Too many registrations; Retry-After says how long to wait")
            .DescribeRefusal(500, "The client is not registered; Retry-After says when to try again")
            .DescribeRefusal(503, "Every address of the subnet is in use");
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
    }

    private static async Task<IResult> RegisterAsync(
        string fleet, HttpContext context, ClientRegistry registry, EnrollmentPolicy enrollment, IReadOnlyDictionary<string, FleetTunnel> tunnels, TimeProvider time, ILoggerFactory logs)
    {
        var (found, source) = (registry.Current.Fleet(fleet), SourceAddress.Of(context));
        var admission = found is null ? default : enrollment.Judge(found.Config, context.Request, source);
        if (admission.Status != 0)
            return NotAdmitted(context, admission);

        var (own, facts, refusal) = context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true }
            ? await RegisterBody.ReadAsync(context) : default;
        if (refusal is not null)
            return refusal;

        if (found is null)
            return UnknownFleet(fleet);

        if (own is { } key && tunnels.Values.Any(t => t.PublicKey == key))
            return RegisterBody.NotAKey("is the key of a gateway");

        var made = own is null ? PrivateKey.Generate() : null;
        var publicKey = own ?? made!.PublicKey;
        var known = own is null ? null : registry.Current.Fleet(fleet)!.ByKey.GetValueOrDefault(publicKey);
        if (known is null && admission.NoNewClients is { } why)
            return Answer.Detail(StatusCodes.Status403Forbidden, why);

        if (known is null && found.Phase is { ClosesEnrollment: true } phase)
            return NotAdmitted(context, Closed(fleet, phase, time.GetUtcNow()));

        if (known is not null && facts is not null && MachineHeader.IsHeld(context, known, facts, time.GetUtcNow()))
            facts = null;

        var client = await registry.RegisterAsync(fleet, publicKey, source.Text, isClientsOwn: own is not null, admission.Token, facts);
        if (known is not null)
            client.Liveness.Pinged(time.GetUtcNow());
        else
            Log.Registered(logs.CreateLogger(Category), fleet, client.Address, PlainText.Of(source.Text));

        SetSequence(context, registry);
        SetTunnelMark(context, found.Config);

        // A known client was answered without the writer, which would have noticed that the tunnel is down.
        var gateway = tunnels[fleet].PublicKey ?? throw new TunnelException($"the interface of fleet {fleet} is down");
        return ClientConfig.For(found.Config, gateway, client, made);
    }

    private static Admission Closed(string fleet, Phase phase, DateTimeOffset now) => new()
    {
        Status = StatusCodes.Status503ServiceUnavailable,
        Detail = $"No new machine can join {fleet} in {phase.Text}",

        // The fleet leaves the phase up to a second late.
        RetryAfter = phase.Until > now ? phase.Until - now : TimeSpan.FromSeconds(1),
    };

    private static Answer NotAdmitted(HttpContext context, Admission admission)
    {
        if (admission.Challenge is { } challenge)
            context.Response.Headers.WWWAuthenticate = challenge;
        if (admission.RetryAfter is { } wait)
            context.Response.Headers.RetryAfter = ((long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

        return Answer.Detail(admission.Status, admission.Detail!);
    }

    private static async ValueTask<IResult> PingAsync(
        string fleet, HttpContext context, ClientRegistry registry, HookSet hooks, TimeProvider time, ILoggerFactory logs)
    {
        var (hostname, refusal) = await PingBody.ReadAsync(context.Request);
        if (refusal is not null)
            return refusal;

        if (registry.Current.Fleet(fleet) is not { } found)
            return UnknownFleet(fleet);

        if (FindAsking(context, found, out var client) is { } notAClient)
            return notAClient;

        if (MachineHeader.Judge(context.Request, client, time) is { } regenerate)
            return regenerate;

        var asked = string.IsNullOrEmpty(hostname) ? null : hostname;
        if (asked is not null && !Hostnames.IsValid(asked))
            return Answer.Detail(StatusCodes.Status400BadRequest, "Invalid hostname format");

        // Before it is named, so that nobody takes its name for that of a silent client.
        client.Liveness.Pinged(time.GetUtcNow());
        SetTunnelMark(context, found.Config);
        if (asked is null && found.Config.Hostnames != HostnamePolicy.Roster)
            return Answer.Ok;

        var naming = await registry.NameAsync(found, client, asked);
        if (naming.IsRefused)
            return NameRefused(asked!, naming.Holder!);

        if (naming.Changed)
        {
            LogNaming(logs.CreateLogger(Category), client, naming);
            await hooks.AwaitProjectionsAsync(context.RequestAborted);
            SetSequence(context, registry);
        }

        if (naming.Hostname is { } name)
            context.Response.Headers["Wg-Fleet-Hostname"] = $"{name}.{fleet}.{registry.Current.Domain}";

        return Answer.Ok;
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

    /// <summary>Finds the client that asks, by its address in the tunnel; the refusal if there is none.</summary>
    public static Answer? FindAsking(HttpContext context, FleetSnapshot fleet, out RegisteredClient client)
    {
        client = null!;
        var source = SourceAddress.Of(context);
        if (source.Address is not { } address)
            return Answer.Detail(StatusCodes.Status403Forbidden, "Invalid IP address");

        if (!fleet.Config.Subnet.Contains(address))
            return Answer.Detail(StatusCodes.Status403Forbidden, $"IP not in fleet subnet: {source.Text}");

        return source.IsCanonical && fleet.ByAddress.TryGetValue(address, out client!) ? null : NotRegistered();
    }

    /// <summary>Sets the header with the number of the event about the change, or of a later one, for callers that wait until a hook has handled it.</summary>
    private static void SetSequence(HttpContext context, ClientRegistry registry) =>
        context.Response.Headers["Wg-Fleet-Seq"] = registry.Current.Sequence.ToString(CultureInfo.InvariantCulture);

    /// <summary>Sets the header by which a client notices that what it was told of its tunnel has changed, so that it registers again.</summary>
    private static void SetTunnelMark(HttpContext context, FleetConfig fleet)
    {
        if (fleet.Client.Mark is { } mark)
            context.Response.Headers["Wg-Fleet-Tunnel"] = mark;
    }

    /// <summary>The answer of the machines' endpoints for a fleet that does not exist.</summary>
    public static Answer UnknownFleet(string fleet) => Answer.Detail(StatusCodes.Status404NotFound, $"Fleet '{fleet}' not found");

    private static Answer NotRegistered() => Answer.Detail(StatusCodes.Status404NotFound, "Client not registered");

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Client registered: fleet={Fleet}, ip={Ip}, source={Source}")]
        public static partial void Registered(ILogger log, string fleet, IPAddress ip, string source);

        [LoggerMessage(2, LogLevel.Information, "Hostname updated: fleet={Fleet}, ip={Ip}, hostname={Hostname}")]
        public static partial void Named(ILogger log, string fleet, IPAddress ip, string hostname);

        [LoggerMessage(3, LogLevel.Warning, "Hostname taken over: fleet={Fleet}, ip={Ip}, hostname={Hostname}, which {Holder} had")]
        public static partial void TakenOver(ILogger log, string fleet, IPAddress ip, string hostname, IPAddress holder);

        [LoggerMessage(4, LogLevel.Warning, "Hostname lost: fleet={Fleet}, ip={Ip}, hostname={Hostname}, which the roster does not give it")]
        public static partial void Unnamed(ILogger log, string fleet, IPAddress ip, string hostname);
    }
}
