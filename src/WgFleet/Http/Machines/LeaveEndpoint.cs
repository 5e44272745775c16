using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using WgFleet.Access;
using WgFleet.Fleets;
using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Http.Api;
using WgFleet.Http.Api.Document;

namespace WgFleet.Http.Machines;

/// <summary>The request by which a machine leaves its fleet. As with a ping, the source address in the tunnel says which client asks.</summary>
internal static partial class LeaveEndpoint
{
    // How long a client that leaves may keep the connection open.
    private static readonly TimeSpan MaxGoodbye = TimeSpan.FromSeconds(5);

    public static void MapLeave(this IEndpointRouteBuilder routes) => routes.MapPost("/fleet/{fleet}/leave", Leave).Require(Audience.Machines, Permission.None)
        .DescribeForMachines("leaveFleet", "Removes the client that asks")
        .DescribeAnswer<ReadyResponse>(200, "The client is removed when the connection is closed, after 5 s at the latest")
        .DescribeRefusal(403, "The source address is not one of the fleet's subnet")
        .DescribeRefusal(404, "There is no such fleet, or no client with this address");

    // The client is removed when it has the answer, which is the last packet through its tunnel.
    private static Answer Leave(string fleet, HttpContext context, ClientRegistry registry, ILoggerFactory logs)
    {
        if (registry.Current.Fleet(fleet) is not { } found)
            return ClientEndpoints.UnknownFleet(fleet);

        if (ClientEndpoints.FindAsking(context, found, out var client) is { } notAClient)
            return notAClient;

        // The client closes the connection when it has the answer. If the server closed it, the answer could still be on its way.
        var connection = context.Features.GetRequiredFeature<IConnectionLifetimeFeature>().ConnectionClosed;
        context.Response.OnCompleted(() =>
        {
            _ = RemoveAsync(client, registry, logs.CreateLogger("WgFleet.Http.Clients"), connection);
            return Task.CompletedTask;
        });
        return Answer.Ok;
    }

    private static async Task RemoveAsync(RegisteredClient client, ClientRegistry registry, ILogger log, CancellationToken connectionClosed)
    {
        try
        {
            await Task.Delay(MaxGoodbye, connectionClosed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (await registry.RemoveAsync(client.Fleet, [client.Id], _ => true, "left") > 0)
                Log.Left(log, client.Fleet, client.Address, client.Hostname ?? PlainText.None);
        }
        catch (Exception e)
        {
            // Nobody awaits this task. If it fails, the client is pruned after prune_timeout.
            Log.NotRemoved(log, e, client.Fleet, client.Address);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Client left: fleet={Fleet}, ip={Ip}, hostname={Hostname}")]
        public static partial void Left(ILogger log, string fleet, IPAddress ip, string hostname);

        [LoggerMessage(2, LogLevel.Error, "The client at {Ip} of fleet {Fleet} asked to leave and could not be removed")]
        public static partial void NotRemoved(ILogger log, Exception e, string fleet, IPAddress ip);
    }
}
