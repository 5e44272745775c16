namespace WgFleet.Tests.Config;

public class OidcConfigTests
{
    private const string Issuer = "issuer: https://login.example.com";
    private const string Roles = "roles: {netops: {scope: write}}";

    [Fact]
    public void What_is_not_said_has_a_default()
    {
        var oidc = Yaml.Valid($"{Yaml.Minimal}oidc: {{{Issuer}, client_id: wg-fleet, {Roles}}}\n").Oidc!;

        (oidc.Name, oidc.Claim, oidc.ClientSecretFile).ShouldBe(("login.example.com", "groups", null));
        oidc.Scopes.ShouldBe(["profile", "email"]);
        oidc.Roles.ShouldBe([new("netops", MayChange: true)]);
    }

    [Theory]
    [InlineData("oidc:", "oidc: has no value, use the keys issuer, client_id, client_secret_file, name, claim, scopes and roles")]
    [InlineData("oidc: {client_id: x, " + Roles + "}", "oidc.issuer: is missing, use one such as https://login.example.com")]
    [InlineData("oidc: {issuer: login.example.com, client_id: x, " + Roles + "}", "oidc.issuer: 'login.example.com' is not the https URL of a provider, use one such as https://login.example.com")]
    [InlineData("oidc: {issuer: 'http://login.example.com', client_id: x, " + Roles + "}", "oidc.issuer: 'http://login.example.com' is not encrypted, use one such as https://login.example.com")]
    [InlineData("oidc: {issuer: 'https://a:b@example.com', client_id: x, " + Roles + "}", "oidc.issuer: 'https://a:b@example.com' is not the https URL of a provider, use one such as https://login.example.com")]
    [InlineData("oidc: {" + Issuer + ", " + Roles + "}", "oidc.client_id: is missing, use printable characters without spaces")]
    [InlineData("oidc: {" + Issuer + ", client_id: a b, " + Roles + "}", "oidc.client_id: 'a b' has a space or another character that cannot be sent, use printable characters without spaces")]
    [InlineData("oidc: {" + Issuer + ", client_id: x, client_secret_file: hunter2, " + Roles + "}", "oidc.client_secret_file: is not an absolute path, use the full path, from /, of a file that holds the secret")]
    [InlineData("oidc: {" + Issuer + ", client_id: x, client_secret: hunter2, " + Roles + "}", "oidc: unknown key 'client_secret', did you mean 'client_secret_file'?")]
    [InlineData("oidc: {" + Issuer + ", client_id: x}", "oidc.roles: is missing, use a mapping of groups to what they may do, such as {netops: {scope: write}}")]
    [InlineData("oidc: {" + Issuer + ", client_id: x, roles: {}}", "oidc.roles: is empty, use a mapping of groups to what they may do, such as {netops: {scope: write}}")]
    [InlineData("oidc: {" + Issuer + ", client_id: x, roles: [netops]}", "oidc.roles: is a list, use a mapping of groups to what they may do, such as {netops: {scope: write}}")]
    [InlineData("oidc: {" + Issuer + ", client_id: x, roles: {netops: write}}", "oidc.roles.netops: is 'write', use the keys scope and fleets")]
    [InlineData("oidc: {" + Issuer + ", client_id: x, roles: {netops: {scope: admin}}}", "oidc.roles.netops.scope: 'admin' is not a scope, use read or write")]
    [InlineData("oidc: {" + Issuer + ", client_id: x, roles: {netops: {}}}", "oidc.roles.netops.scope: is missing, use read or write")]
    [InlineData("oidc: {" + Issuer + ", client_id: x, roles: {netops: {scope: read, fleets: [gamma]}}}", "oidc.roles.netops.fleets[0]: there is no fleet 'gamma', use alpha")]
    [InlineData("oidc: {" + Issuer + ", client_id: x, roles: {netops: {scope: read, fleets: []}}}", "oidc.roles.netops.fleets: is an empty list, use a list of fleets, such as [alpha]")]
    [InlineData("public_url: http://fleet.example.com\noidc: {" + Issuer + ", client_id: x, " + Roles + "}", "oidc: needs https, and public_url is http://fleet.example.com: set up tls or a proxy, and use the https URL")]
    public void A_wrong_setting_is_refused_with_what_to_write(string yaml, string wrong) =>
        Yaml.Problems($"{Yaml.Minimal}{yaml}\n").ShouldEndWith(": " + wrong);
}
