using WgFleet.Cli.Checking;
using WgFleet.Config.Yaml;

namespace WgFleet.Tests.Cli.Checking;

/// <summary>A check runs with the unit's view of the files only where the unit runs this program with this configuration.</summary>
public sealed class UnitViewTests : IDisposable
{
    private readonly Folder _folder = new();

    private string Program => _folder.File("wg-fleet");

    public UnitViewTests() => File.CreateSymbolicLink(Program, Environment.ProcessPath!);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_check_has_the_units_settings_and_environment_also_where_the_unit_names_a_link_to_the_program() =>
        UnitView.Command(Shown(Program), "/etc/wg-fleet.yaml").ShouldBe(
        [
            "--quiet", "--collect", "--wait", "--pipe", "--setenv=WG_FLEET_CHECKS_FOR_UNIT=/var/lib/wg-fleet:/var/lib/other:/run/wg-fleet",
            "--property=ProtectSystem=full", "--property=ReadWritePaths=-/etc/wireguard -/proc/sys/net", "--property=EnvironmentFile=-/etc/default/wg-fleet",
            Program, "check", "--config", "/etc/wg-fleet.yaml", "--json",
        ]);

    [Fact]
    public void Another_program_or_configuration_is_not_the_units_and_there_may_be_no_unit()
    {
        UnitView.Command(Shown(Program), "/root/wg-fleet.yaml").ShouldBeNull();
        UnitView.Command(Shown("/usr/bin/python3"), "/etc/wg-fleet.yaml").ShouldBeNull();
        UnitView.Command("ProtectSystem=no\n", "/etc/wg-fleet.yaml").ShouldBeNull();
    }

    [Fact]
    public void Only_problems_that_the_operator_does_not_see_are_explained_by_the_sandbox()
    {
        Problem damaged = new(null, null, null, null, "the database is damaged"), missing = new(null, null, null, null, "no such directory");

        UnitView.Explained([damaged], [damaged]).ShouldBe([damaged]);
        UnitView.Explained([damaged, missing], [damaged]).Select(p => p.Text).Last().ShouldContain("ProtectHome=");
        UnitView.Explained([], [missing]).ShouldBeEmpty();
    }

    private static string Shown(string program) => $"""
        ExecStart=(( path=/usr/bin/env ; argv[]=/usr/bin/env --ignore-signal=HUP {program} --config /etc/wg-fleet.yaml $WG_FLEET_OPTIONS ; ignore_errors=no ; pid=0 ))
        EnvironmentFiles=/etc/default/wg-fleet (ignore_errors=yes)
        User=
        StateDirectory=wg-fleet other
        RuntimeDirectory=wg-fleet
        ProtectSystem=full
        ReadWritePaths=-/etc/wireguard -/proc/sys/net

        """;
}
