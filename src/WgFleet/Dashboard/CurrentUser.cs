using Microsoft.AspNetCore.Antiforgery;
using WgFleet.Access;

namespace WgFleet.Dashboard;

/// <summary>Who looks at the page that is being made; public, as Razor's pages are, which have it injected.</summary>
public sealed class CurrentUser
{
    private HttpContext? _context;

    /// <summary>The name of what they have logged in with.</summary>
    internal string Name => Caller.Name;

    /// <summary>Whether they can log out.</summary>
    internal bool HasSession => Caller.AuthMethod == AuthMethod.Session;

    /// <summary>Whether they may change something, so that pages offer it.</summary>
    internal bool MayChange => Caller.May >= Permission.Write;

    /// <summary>What a link to a part of the site says of whether they are there.</summary>
    internal string? At(string path) =>
        _context?.Request.Path.Value is { } here && (here == path || here.StartsWith(path + "/", StringComparison.Ordinal)) ? "page" : null;

    private Caller Caller => _context?.Features.Get<Caller>() ?? Caller.Stranger;

    internal void Enter(HttpContext context) => _context = context;

    /// <summary>What a form of theirs must carry: the field's name and value.</summary>
    internal (string Name, string Value) FormToken()
    {
        var tokens = _context!.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(_context);
        return (tokens.FormFieldName, tokens.RequestToken!);
    }
}
