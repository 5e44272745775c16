using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using WgFleet.Access;
using WgFleet.Config;

namespace WgFleet.Http.Machines;

/// <summary>The script that makes a machine a client of a fleet, with this server's address in it: <c>curl … | sh</c>, or into an image.</summary>
internal static partial class JoinScript
{
    private static readonly Lazy<string> Text = new(Read);

    public static void MapJoinScript(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/fleet/{fleet}/join.sh", (string fleet, HttpContext context, ServerConfig config) =>
            config.Fleets.FirstOrDefault(f => f.Name == fleet) is not { } found
                ? ClientEndpoints.UnknownFleet(fleet)
                : Script(context, For(found, config, ServerOf(context.Request, found, config)))).Require(Audience.Machines, Permission.None);

    private static IResult Script(HttpContext context, string script)
    {
        // The script depends on the Host of the request, so no cache may give it to others.
        context.Response.Headers.CacheControl = "no-store";
        return Results.Text(script, "text/x-shellscript", Encoding.UTF8);
    }

    private static string For(FleetConfig fleet, ServerConfig config, string server) => Text.Value
        .Replace("@SERVER@", server, StringComparison.Ordinal)
        .Replace("@FLEET@", fleet.Name, StringComparison.Ordinal)
        .Replace("@PORT@", PingPort(fleet, config).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    /// <summary>public_url; otherwise the Host of the request, if a shell cannot misread it; otherwise the fleet's external_ip.</summary>
    private static string ServerOf(HttpRequest request, FleetConfig fleet, ServerConfig config) =>
        config.PublicUrl is { } configured ? configured.GetLeftPart(UriPartial.Authority)
        : request.Host.Value is { } host && PlainHost().IsMatch(host)
            ? $"{request.Scheme}://{host}"
            : string.Create(CultureInfo.InvariantCulture, $"http://{ClientConfig.Bracketed(fleet.ExternalIp)}:{PingPort(fleet, config)}");

    private static int PingPort(FleetConfig fleet, ServerConfig config) =>
        (config.Listen.FirstOrDefault(e => e.AddressFamily == fleet.Network.Gateway.AddressFamily) ?? config.Listen[0]).Port;

    private static string Read()
    {
        using var script = new StreamReader(typeof(JoinScript).Assembly.GetManifestResourceStream("Http/join.sh")!);
        return script.ReadToEnd();
    }

    [GeneratedRegex(@"^([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?\z")]
    private static partial Regex PlainHost();
}
