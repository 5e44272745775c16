using System.Text.RegularExpressions;
using WgFleet.Config.Yaml;

namespace WgFleet.Config.Logins;

/// <summary>Reads <c>oidc</c>: where operators log in, and what they may do then.</summary>
internal static partial class OidcReader
{
    /// <summary>The keys of <c>oidc</c>.</summary>
    public static readonly IReadOnlyList<string> Keys = ["issuer", "client_id", "client_secret_file", "name", "claim", "scopes", "roles"];

    /// <summary>The keys of an entry of <c>oidc.roles</c>.</summary>
    public static readonly IReadOnlyList<string> RoleKeys = ["scope", "fleets"];

    private static readonly OidcConfig Defaults = new() { Issuer = "", ClientId = "", Name = "", Roles = [] };

    private static readonly ValueParser<string> Issuer = new("use one such as https://login.example.com", (YamlScalar scalar, out string value) =>
    {
        value = scalar.Text;
        if (!Uri.TryCreate(value, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0)
            return "is not the https URL of a provider";

        return url.Scheme == "https" || url.IsLoopback ? null : "is not encrypted";
    });

    private static readonly ValueParser<string> Word = new("use printable characters without spaces", (YamlScalar scalar, out string value) =>
    {
        value = scalar.Text;
        return WordFormat().IsMatch(value) ? null : "has a space or another character that cannot be sent";
    });

    private static readonly ValueParser<string> Name = new("use up to 40 characters on one line", (YamlScalar scalar, out string value) =>
    {
        value = scalar.Text;
        return value.Trim().Length is 0 or > 40 ? "is empty or too long" : value.Any(char.IsControl) ? "has a control character" : null;
    });

    private static readonly ListKind<string> Scopes = new(Word, "use a list of scopes, such as [profile, email]") { MayBeEmpty = true };

    private static readonly ValueParser<bool> Scope = new("use read or write", (YamlScalar scalar, out bool mayChange) =>
    {
        mayChange = scalar.Text == "write";
        return mayChange || scalar.Text == "read" ? null : "is not a scope";
    });

    /// <summary>The settings; null without the key.</summary>
    /// <param name="top">The whole file.</param>
    /// <param name="publicUrl">The server's address for browsers.</param>
    /// <param name="secretFile">How the path of a file with a secret is read.</param>
    /// <param name="fleets">The names of the fleets.</param>
    /// <param name="findings">Gets the errors.</param>
    public static OidcConfig? Read(Section top, Uri? publicUrl, ValueParser<string> secretFile, IReadOnlyList<string> fleets, Diagnostics findings)
    {
        if (top.OptionalSection("oidc", Keys) is not { } section)
            return null;

        // The provider's answer comes back by way of the browser.
        if (publicUrl is { Scheme: "http", IsLoopback: false })
            findings.Problem(top.Find("oidc")!.Value.Line, "oidc", $"needs https, and public_url is {publicUrl.GetLeftPart(UriPartial.Authority)}: set up tls or a proxy, and use the https URL");

        var issuer = section.Required("issuer", Issuer)?.Value ?? "";
        return new OidcConfig
        {
            Issuer = issuer,
            ClientId = section.Required("client_id", Word)?.Value ?? "",
            ClientSecretFile = section.Optional("client_secret_file", secretFile)?.Value,
            Name = section.Optional("name", Name)?.Value.Trim() ?? (Uri.TryCreate(issuer, UriKind.Absolute, out var url) ? url.Host : ""),
            Claim = section.Optional("claim", Word)?.Value ?? Defaults.Claim,
            Scopes = section.OptionalList("scopes", Scopes) ?? Defaults.Scopes,
            Roles = Roles(section, fleets, findings),
        };
    }

    private static List<OidcRole> Roles(Section oidc, IReadOnlyList<string> fleets, Diagnostics findings)
    {
        const string use = "use a mapping of groups to what they may do, such as {netops: {scope: write}}";
        var path = oidc.PathOf("roles");
        if (oidc.Find("roles") is not { } entry)
        {
            oidc.Required("roles", new ValueParser<string>(use, (YamlScalar _, out string value) => value = ""));
            return [];
        }

        if (entry.Value is not YamlMap { Entries.Count: > 0 } map)
        {
            var what = entry.Value switch { YamlMap => "is empty", { IsNull: true } => "has no value", var other => $"is {other.Shown}" };
            findings.Problem(entry.Line, path, $"{what}, {use}");
            return [];
        }

        var known = new ListKind<string>(Word, "use a list of fleets, such as [alpha]")
        {
            Refusal = name => fleets.Contains(name) ? null : $"there is no fleet '{name}', use {Sentence.Or([.. fleets])}",
        };
        var roles = new Section(map, path, entry.Line, null, findings);
        return [.. map.Entries.Select(role => Role(role.Key, roles, known)).OfType<OidcRole>()];
    }

    private static OidcRole? Role(string value, Section roles, ListKind<string> fleets) => roles.OptionalSection(value, RoleKeys) is { } role
        ? new OidcRole(value, role.Required("scope", Scope)?.Value ?? false) { Fleets = role.OptionalList("fleets", fleets) }
        : null;

    [GeneratedRegex(@"\A[!-~]{1,200}\z", RegexOptions.CultureInvariant)]
    private static partial Regex WordFormat();
}
