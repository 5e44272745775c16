using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http.Features;
using WgFleet.Access;
using WgFleet.Access.Approvals;
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

/// <summary>The request by which machines register, and what all their requests have in common.</summary>
internal static partial class ClientEndpoints
{
    public const string Category = "WgFleet.Http.Clients";

    public static void MapClients(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/fleet/{fleet}/register", RegisterAsync).WithMetadata(FleetMeter.Registrations).Require(Audience.Machines, Permission.None)
            .DescribeForMachines("registerClient", "Registers a new client with a random free address; with the key of a client that is there already, answers the same again")
            .DescribeBody<RegisterRequest>()
            .DescribeAnswer<RegisterResponse>(200, "The client is registered, and WireGuard has its key")
            .DescribeRefusal(202, "The machine waits until an operator lets it in; Retry-After says when to ask again")
            .DescribeRefusal(401, "The fleet takes an enrollment token, and this is none")
            .DescribeRefusal(403, "The token, the caller's address or the machine is not admitted, or the fleet gives out preshared keys and this is not TLS")
            .DescribeRefusal(404, "There is no such fleet")
            .DescribeRefusal(409, "A client of another fleet has this key")
            .DescribeAnswer<UnreadableResponse>(422, "This is not a WireGuard key, or the key of a gateway, or a fact is wrong")
            .DescribeRefusal(429, "Too many registrations, or too many machines that wait for approval; Retry-After says how long to wait")
            .DescribeRefusal(500, "The client is not registered; Retry-After says when to try again")
            .DescribeRefusal(503, "Every address of the subnet is in use");
    }

    private static async Task<IResult> RegisterAsync(
        string fleet, HttpContext context, ClientRegistry registry, EnrollmentPolicy enrollment, ApprovalDesk approvals, IReadOnlyDictionary<string, FleetTunnel> tunnels, TimeProvider time, ILoggerFactory logs)
    {
        var (found, source) = (registry.Current.Fleet(fleet), SourceAddress.Of(context));
        var admission = found is null ? default : enrollment.Judge(found.Config, context.Request, source);
        if (admission.Status != 0)
            return NotAdmitted(context, admission);

        if (found is { Config.Client.Preshared: true } && !context.Request.IsHttps)
            return Answer.Detail(StatusCodes.Status403Forbidden, $"{fleet} gives out preshared keys, and only over TLS: register at the server's https URL");

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

        if (known is null && await ApprovalAnswers.JudgeAsync(approvals, found, own, source.Text, facts) is { Status: not 0 } notYet)
            return NotAdmitted(context, notYet);

        var client = await registry.RegisterAsync(fleet, publicKey, source.Text, isClientsOwn: own is not null, admission.Token, facts);
        if (known is not null)
        {
            client.Liveness.Pinged(time.GetUtcNow());
        }
        else
        {
            approvals.Joined(fleet, publicKey);
            Log.Registered(logs.CreateLogger(Category), fleet, string.Join(", ", client.Addresses), PlainText.Of(source.Text));
        }

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

    /// <summary>Finds the client that asks, by its address in the tunnel; the refusal if there is none.</summary>
    public static Answer? FindAsking(HttpContext context, FleetSnapshot fleet, out RegisteredClient client)
    {
        client = null!;
        var source = SourceAddress.Of(context);
        if (source.Address is not { } address || (address.AddressFamily == AddressFamily.InterNetwork && fleet.Config.Network4 is null))
            return Answer.Detail(StatusCodes.Status403Forbidden, "Invalid IP address");

        if (!fleet.Config.Networks.Any(n => n.Subnet.Contains(address)))
            return Answer.Detail(StatusCodes.Status403Forbidden, $"IP not in fleet subnet: {source.Text}");

        return source.IsCanonical && fleet.ByAddress.TryGetValue(address, out client!) ? null : NotRegistered();
    }

    /// <summary>Sets the header with the number of the event about the change, or of a later one, for callers that wait until a hook has handled it.</summary>
    public static void SetSequence(HttpContext context, ClientRegistry registry) =>
        context.Response.Headers["Wg-Fleet-Seq"] = registry.Current.Sequence.ToString(CultureInfo.InvariantCulture);

    /// <summary>Sets the header by which a client notices that what it was told of its tunnel has changed, so that it registers again.</summary>
    public static void SetTunnelMark(HttpContext context, FleetConfig fleet)
    {
        if (fleet.TunnelMark is { } mark)
            context.Response.Headers["Wg-Fleet-Tunnel"] = mark;
    }

    /// <summary>The answer of the machines' endpoints for a fleet that does not exist.</summary>
    public static Answer UnknownFleet(string fleet) => Answer.Detail(StatusCodes.Status404NotFound, $"Fleet '{fleet}' not found");

    private static Answer NotRegistered() => Answer.Detail(StatusCodes.Status404NotFound, "Client not registered");

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Client registered: fleet={Fleet}, ip={Ip}, source={Source}")]
        public static partial void Registered(ILogger log, string fleet, string ip, string source);
    }
}
