using System.Text;
using WgFleet.Config.Reading;

namespace WgFleet.Tests.Config;

public sealed class EnvironmentSettingsTests
{
    private static readonly Dictionary<string, string> Whole = new()
    {
        ["WG_FLEET__DOMAIN"] = "fleet.example.com",
        ["WG_FLEET__PRUNE_TIMEOUT"] = "30m",
        ["WG_FLEET__LISTEN"] = "[\"127.0.0.1:8000\", \"[::1]:8000\"]",
        ["WG_FLEET__FLEETS__ALPHA__IP6"] = "fd00:a0a8:34d:a0::1",
        ["WG_FLEET__FLEETS__ALPHA__SUBNET"] = "fd00:a0a8:34d:a0::/64",
        ["WG_FLEET__FLEETS__ALPHA__EXTERNAL_IP"] = "203.0.113.7",
        ["WG_FLEET__FLEETS__ALPHA__PORT"] = "51820",
        ["PATH"] = "/usr/bin",
    };

    [Fact]
    public void A_server_needs_no_file_if_variables_set_all_that_is_required()
    {
        var config = ConfigFile.Load("/nowhere/wg-fleet.yaml", Whole).Config.ShouldNotBeNull();

        config.Domain.ShouldBe("fleet.example.com");
        config.Listen.Select(e => e.ToString()).ShouldBe(["127.0.0.1:8000", "[::1]:8000"]);
        config.Fleets.ShouldHaveSingleItem().Port.ShouldBe(51820);
    }

    [Fact]
    public void A_variable_wins_over_the_file_and_leaves_its_other_keys()
    {
        var config = Load(Yaml.Minimal, ("WG_FLEET__FLEETS__ALPHA__PORT", "40000"), ("WG_FLEET__PRUNE_LIMIT", "10%")).Config.ShouldNotBeNull();

        var before = Yaml.Valid(Yaml.Minimal);
        config.Fleets[0].ShouldBe(before.Fleets[0] with { Port = 40000 });
        config.PruneLimit.ShouldBe(10);
        config.Domain.ShouldBe(before.Domain);
    }

    [Theory]
    [InlineData("WG_FLEET__FLEETS__ALPHA__PORT", "70000", "WG_FLEET__FLEETS__ALPHA__PORT: fleets.alpha.port: 70000 is not a port, use 1 to 65535")]
    [InlineData("WG_FLEET__DOMIAN", "x.example", "WG_FLEET__DOMIAN: unknown key 'domian', did you mean 'domain'?")]
    [InlineData("WG_FLEET__LISTEN", "[127.0.0.1", "WG_FLEET__LISTEN: starts with [ and is not YAML: ")]
    [InlineData("WG_FLEET__", "x", "WG_FLEET__: names no key, write it as WG_FLEET__DOMAIN or WG_FLEET__FLEETS__ALPHA__PORT")]
    [InlineData("WG_FLEET__PRUNE_TIMEOUT", "", "WG_FLEET__PRUNE_TIMEOUT: prune_timeout: has no value, ")]
    public void An_error_in_a_variable_names_the_variable(string name, string value, string error)
    {
        var problems = Load(Yaml.Minimal, (name, value)).Problems;

        problems.ShouldHaveSingleItem().ToString().ShouldStartWith(error);
    }

    [Fact]
    public void Without_variables_a_missing_file_is_an_error() =>
        ConfigFile.Load("/nowhere/wg-fleet.yaml", new Dictionary<string, string>()).Problems.ShouldHaveSingleItem().Text.ShouldStartWith("there is no such file");

    private static ConfigResult Load(string text, params (string Name, string Value)[] variables) =>
        Yaml.Load(Encoding.UTF8.GetBytes(text), variables.ToDictionary(v => v.Name, v => v.Value));
}
