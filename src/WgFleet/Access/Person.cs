using System.Security.Claims;
using WgFleet.Config.Logins;
using WgFleet.Hosting;

namespace WgFleet.Access;

/// <summary>A person who has logged in at the provider of <c>oidc</c>. What the person may do is judged at each request, so that a reload changes it.</summary>
/// <param name="Name">The address of their mail, or their number at the provider; always with an @, so that it is the name of no token.</param>
/// <param name="Groups">The values of the claim that <c>oidc.roles</c> is about.</param>
internal sealed record Person(string Name, IReadOnlyList<string> Groups)
{
    private const string NameClaim = "name";
    private const string GroupClaim = "group";
    private const int LongestName = 100;

    /// <summary>The person whom the provider tells of.</summary>
    /// <param name="told">The claims of the provider.</param>
    /// <param name="config">The provider, and the claim with the groups.</param>
    public static Person ToldBy(ClaimsPrincipal told, OidcConfig config)
    {
        // Where people may enter any address themselves, the provider says that it is not verified.
        var mail = told.FindFirst("email_verified") is { } verified && !verified.Value.Equals("true", StringComparison.OrdinalIgnoreCase) ? null : told.FindFirst("email")?.Value;
        var name = PlainText.Of(mail?.Contains('@') == true ? mail : $"{told.FindFirst("sub")?.Value}@{new Uri(config.Issuer).Host}");
        return new(name.Length > LongestName ? name[..LongestName] : name, [.. told.FindAll(config.Claim).Select(c => c.Value).Distinct()]);
    }

    /// <summary>The person of a session; null if it began with a token.</summary>
    public static Person? Of(ClaimsPrincipal session) =>
        session.FindFirst(NameClaim) is { } name ? new(name.Value, [.. session.FindAll(GroupClaim).Select(c => c.Value)]) : null;

    /// <summary>What the session keeps of the person.</summary>
    public IEnumerable<Claim> ToClaims() => [new(NameClaim, Name), new(ClaimTypes.NameIdentifier, Name), .. Groups.Select(g => new Claim(GroupClaim, g))];

    /// <summary>What the person may do.</summary>
    public FleetRights May(OidcConfig? config)
    {
        var roles = config?.Roles.Where(r => Groups.Contains(r.Value)).ToList() ?? [];
        return new(
            Most(roles.Where(r => r.Fleets is null)),
            config?.Roles.SelectMany(r => r.Fleets ?? []).Distinct().ToDictionary(f => f, f => Most(roles.Where(r => r.Fleets?.Contains(f) == true))) ?? []);
    }

    private static Permission Most(IEnumerable<OidcRole> roles) =>
        roles.Select(r => r.MayChange ? Permission.Write : Permission.Read).DefaultIfEmpty(Permission.None).Max();
}
