using System.Net;
using Microsoft.AspNetCore.Antiforgery;
using WgFleet.Access;
using WgFleet.Http;

namespace WgFleet.Dashboard.Site;

/// <summary>The person who asked for the page, and what they may do.</summary>
internal sealed class CurrentUser(HttpContext context)
{
    private readonly Caller _caller = context.Features.Get<Caller>() ?? Caller.Anonymous;

    /// <summary>The name of the token they logged in with.</summary>
    public string Name => _caller.Name;

    /// <summary>Whether they logged in here, and so can log out.</summary>
    public bool HasSession => _caller.AuthMethod == AuthMethod.Session;

    /// <summary>Whether a login may show them more.</summary>
    public bool CanLogIn => _caller.AuthMethod is AuthMethod.None or AuthMethod.Near or AuthMethod.BadToken && At(AccessMiddleware.LoginPath) is null && !IsAtForeignName;

    /// <summary>Whether they came by a name that is not this server's, under which all pages are refused.</summary>
    public bool IsAtForeignName => Guard?.Knows(context.Request.Host) == false;

    /// <summary>The front page, where they can open it.</summary>
    public string Home => !IsAtForeignName ? "/"
        : Guard?.PublicUrl?.ToString()
        ?? $"{context.Request.Scheme}://{new IPEndPoint(context.Connection.LocalIpAddress ?? IPAddress.Loopback, context.Connection.LocalPort)}/";

    /// <summary>Whether they may see fleets, and so what is wrong.</summary>
    public bool MayRead => _caller.Permission >= Permission.Read;

    /// <summary>Whether this page shows them buttons that change something.</summary>
    public bool MayChange => FleetScope.Of(context, _caller) >= Permission.Write;

    /// <summary>Whether they may change what is about no fleet.</summary>
    public bool MayChangeAll => _caller.Everywhere >= Permission.Write;

    /// <summary>Whether their roles are for some fleets only.</summary>
    public bool IsOfSomeFleets => _caller.Rights is { Everywhere: Permission.None };

    /// <summary>Whether they may change that fleet.</summary>
    public bool MayChangeIn(string fleet) => _caller.In(fleet) >= Permission.Write;

    /// <summary>The aria-current of a link to a part of the site; null if the page is not in that part.</summary>
    public string? At(string path) =>
        context.Request.Path.Value is { } here && (here == path || here.StartsWith(path + "/", StringComparison.Ordinal)) ? "page" : null;

    /// <summary>The page where they are, or from which they sent a form, as a value in a query string.</summary>
    public string PathAndQuery => Uri.EscapeDataString(
        BrowserGuard.IsSafe(context.Request.Method) ? context.Request.Path + context.Request.QueryString
        : Uri.TryCreate(context.Request.Headers.Referer, UriKind.Absolute, out var from) && from.Authority == context.Request.Host.Value ? from.PathAndQuery : "/");

    private BrowserGuard? Guard => context.RequestServices.GetService<BrowserGuard>();

    /// <summary>The name and value of the hidden field that proves that a form is ours.</summary>
    public (string Name, string Value) FormToken()
    {
        var tokens = context.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(context);
        return (tokens.FormFieldName, tokens.RequestToken!);
    }
}
