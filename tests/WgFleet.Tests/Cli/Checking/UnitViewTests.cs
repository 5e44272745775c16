using WgFleet.Cli.Checking;
using WgFleet.Config.Yaml;

namespace WgFleet.Tests.Cli.Checking;

/// <summary>A check runs with the unit's view of the files only where the unit runs this program with this configuration.</summary>
public class UnitViewTests
{
    private const string Shown = """
        ExecStart={ path=/usr/bin/env ; argv[]=/usr/bin/env --ignore-signal=HUP /usr/bin/wg-fleet --config /etc/wg-fleet.yaml $WG_FLEET_OPTIONS ; ignore_errors=no ; pid=0 }
        EnvironmentFiles=/etc/default/wg-fleet (ignore_errors=yes)
        User=
        ProtectSystem=full
        ReadWritePaths=-/etc/wireguard -/proc/sys/net

        """;

    [Fact]
    public void The_check_has_the_units_settings_and_environment() =>
        UnitView.Command(Shown, "/usr/bin/wg-fleet", "/etc/wg-fleet.yaml").ShouldBe(
        [
            "--quiet", "--collect", "--wait", "--pipe", "--setenv=WG_FLEET_CHECKS_FOR_UNIT=1",
            "--property=ProtectSystem=full", "--property=ReadWritePaths=-/etc/wireguard -/proc/sys/net", "--property=EnvironmentFile=-/etc/default/wg-fleet",
            "/usr/bin/wg-fleet", "check", "--config", "/etc/wg-fleet.yaml", "--json",
        ]);

    [Theory]
    [InlineData("/usr/bin/wg-fleet", "/root/wg-fleet.yaml")]
    [InlineData("/root/wg-fleet", "/etc/wg-fleet.yaml")]
    public void Another_program_or_configuration_is_not_the_units(string program, string config) => UnitView.Command(Shown, program, config).ShouldBeNull();

    [Fact]
    public void Only_errors_that_the_operator_does_not_see_are_explained_by_the_sandbox()
    {
        Problem damaged = new(null, null, null, null, "the database is damaged"), missing = new(null, null, null, null, "no such directory");

        UnitView.Explain([damaged], [damaged]).ShouldBe([damaged]);
        UnitView.Explain([damaged, missing], [damaged]).Select(p => p.Text).Last().ShouldContain("ProtectHome=");
        UnitView.Explain([], [missing]).ShouldBeEmpty();
    }

    [Fact]
    public void Without_the_unit_there_is_no_view_of_it() => UnitView.Command("ProtectSystem=no\n", "/usr/bin/wg-fleet", "/etc/wg-fleet.yaml").ShouldBeNull();
}
