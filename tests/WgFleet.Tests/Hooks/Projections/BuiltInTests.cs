using System.Text;
using System.Text.Json;
using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.Hooks.Projections;

namespace WgFleet.Tests.Hooks.Projections;

public sealed class BuiltInTests : IDisposable
{
    private readonly Folder _folder = new();

    private string Hosts => File.ReadAllText(_folder.File("hosts"));

    private string Targets => File.ReadAllText(_folder.File("targets.json"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Without_named_clients_the_start_writes_a_line_break_and_an_empty_list()
    {
        await using var stage = Begin();
        stage.World.Add();

        (await stage.StartAsync()).ShouldBeTrue();

        File.ReadAllBytes(_folder.File("hosts")).ShouldBe([0x0a]);
        Targets.ShouldBe("[]");
    }

    [Fact]
    public async Task Both_files_have_the_named_clients_of_all_fleets_in_the_order_of_registration()
    {
        await using var stage = Begin();
        stage.World.Add("beta", "b1");
        stage.World.Add("alpha");
        stage.World.Add("alpha", "a--2");

        await stage.StartAsync();

        Hosts.ShouldBe("fd00:2::1 b1.beta.example.test\nfd00:1::3 a--2.alpha.example.test\n");
        Targets.ShouldBe(
            """
            [
              {
                "targets": [
                  "[fd00:2::1]:9100"
                ],
                "labels": {
                  "job": "node_exporter",
                  "hostname": "b1",
                  "fleet": "beta"
                }
              },
              {
                "targets": [
                  "[fd00:1::3]:9100"
                ],
                "labels": {
                  "job": "node_exporter",
                  "hostname": "a--2",
                  "fleet": "alpha"
                }
              }
            ]
            """);
    }

    [Fact]
    public async Task Both_files_have_a_new_name_a_changed_name_and_a_removal_when_the_response_is_sent()
    {
        await using var stage = Begin();
        await stage.StartAsync();

        await Told(stage, stage.World.Add());
        Hosts.ShouldBe("\n");

        await Told(stage, stage.World.Rename("one"));
        Hosts.ShouldBe("fd00:1::1 one.alpha.example.test\n");

        await Told(stage, stage.World.Rename("two"));
        Hosts.ShouldBe("fd00:1::1 two.alpha.example.test\n");
        Targets.ShouldContain("\"hostname\": \"two\"");

        await Told(stage, stage.World.Remove());
        Hosts.ShouldBe("\n");
        Targets.ShouldBe("[]");
    }

    [Fact]
    public async Task The_files_can_have_ten_thousand_clients()
    {
        await using var stage = Begin();
        for (var i = 0; i < 10_000; i++)
            stage.World.AddQuietly("alpha", $"machine-{i}");

        (await stage.StartAsync()).ShouldBeTrue();

        var lines = Hosts.Split('\n');
        lines.Length.ShouldBe(10_001);
        lines[9_999].ShouldBe("fd00:1::2710 machine-9999.alpha.example.test");
        using var json = JsonDocument.Parse(Targets);
        json.RootElement.GetArrayLength().ShouldBe(10_000);
        Encoding.ASCII.GetByteCount(Targets).ShouldBe(Targets.Length);
    }

    private static async Task Told(Stage stage, Change change)
    {
        stage.Hooks.Publish(change);
        (await stage.Hooks.AwaitProjectionsAsync(Stage.Ct)).ShouldBeTrue();
    }

    private Stage Begin() => new(new HooksConfig(), TimeProvider.System, World.Config(_folder.File("hosts"), _folder.File("targets.json")), typeof(HostsFile), typeof(PrometheusSd));
}
