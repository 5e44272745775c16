using System.Text.Json;
using WgFleet.Hooks.Projections;
using WgFleet.Tests.Hooks.Handlers;

namespace WgFleet.Tests.Cli.HookCommands;

public class HooksShowTests
{
    // Line 1 of it is line 9 of the file.
    private const string Hooks = """
        hooks:
          exec_dirs: []
          list:
            - name: second
              max_attempts: 3
              settings:
                url: http://me:hunter2@example.com/x
                api_token: hunter2
                path: /var/log/joins
            - name: siem
              fleets: "a*"
              webhook:
                url: http://127.0.0.1:1/secret-path
                concurrency: 2
        """;

    [Fact]
    public async Task Show_prints_each_effective_setting_and_its_source()
    {
        await using var host = await AdminHost.StartAsync(Yaml.Valid(Yaml.Minimal + Hooks).Hooks, typeof(HandlerTests.Second), typeof(HostsFile));

        var second = (await host.RunAsync("hooks", "show", "second")).Output;

        second.ShouldMatch("(?m)^origin +built-in$");
        second.ShouldMatch("(?m)^max_attempts +3 \\(config, line 13\\)$");
        second.ShouldMatch("(?m)^timeout +10s \\(hook\\)$");
        second.ShouldMatch("(?m)^start +now \\(hook\\)$");
        second.ShouldMatch("(?m)^settings.path +/var/log/joins \\(config, line 17\\)$");
        (await host.RunAsync("hooks", "show", "hosts_file")).Output.ShouldMatch("(?m)^min_interval +100ms \\(hook\\)$");
        var siem = (await host.RunAsync("hooks", "show", "siem")).Output;
        siem.ShouldMatch("(?m)^origin +config$");
        siem.ShouldMatch("(?m)^webhook.timeout +15s \\(default\\)$");
        siem.ShouldMatch("(?m)^max_attempts +10 \\(default\\)$");
        siem.ShouldMatch("(?m)^webhook.concurrency +2 \\(config, line 22\\)$");
        siem.ShouldMatch("(?m)^fleets +a\\* \\(config, line 19\\)$");
    }

    [Fact]
    public async Task Show_prints_no_secret()
    {
        await using var host = await AdminHost.StartAsync(Yaml.Valid(Yaml.Minimal + Hooks).Hooks, typeof(HandlerTests.Second));

        foreach (var name in new[] { "second", "siem" })
        {
            foreach (var arguments in new[] { new[] { "hooks", "show", name }, ["hooks", "show", name, "--json"] })
            {
                var said = (await host.RunAsync(arguments)).Output;
                said.ShouldNotContain("hunter2");
                said.ShouldNotContain("secret-path");
            }
        }

        (await host.RunAsync("hooks", "show", "second")).Output.ShouldMatch("(?m)^settings.url +http://…@example.com/x .*\nsettings.api_token +\\(not shown\\) ");
    }

    [Fact]
    public async Task Each_value_has_its_origin_in_the_JSON()
    {
        using var programs = new ExecFolder();
        await using var host = await AdminHost.StartAsync(AdminHost.Program(programs, 0));

        var details = JsonDocument.Parse((await host.RunAsync("hooks", "show", "tell", "--json")).Output).RootElement;

        details.GetProperty("hook").GetProperty("origin").GetString().ShouldBe("config");
        var values = details.GetProperty("values").EnumerateArray().ToDictionary(v => v.GetProperty("name").GetString()!);
        values["exec.user"].GetProperty("value").GetString().ShouldBe(ExecFolder.User);
        values["max_attempts"].ToString().ShouldBe("""{"name":"max_attempts","value":"8","from":"default"}""");
    }
}
