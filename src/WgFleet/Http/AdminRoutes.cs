using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;

namespace WgFleet.Http;

/// <summary>Keeps what is for operators on their socket, and everything else off it.</summary>
internal static class AdminRoutes
{
    public const string Prefix = "/admin";

    /// <summary>Before routing, so that nobody on the network can even tell that there are such paths.</summary>
    public static void UseAdminRoutes(this WebApplication app) => app.Use((context, next) =>
        IsLocal(context) == context.Request.Path.StartsWithSegments(Prefix)
            ? next(context)
            : Answer.Detail(StatusCodes.Status404NotFound, "Not Found").ExecuteAsync(context));

    private static bool IsLocal(HttpContext context) =>
        context.Features.Get<IConnectionSocketFeature>()?.Socket.AddressFamily == AddressFamily.Unix;
}
