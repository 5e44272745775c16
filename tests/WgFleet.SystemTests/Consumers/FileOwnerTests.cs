using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Consumers;

/// <summary>An operator gives a file to the program that reads it.</summary>
public class FileOwnerTests
{
    private const string Hook = """
        hooks:
          list:
            - name: inventory
              template: {file: csv, path: /run/inventory.csv, mode: "0640"}

        """;

    [Fact]
    public async Task A_file_that_was_given_to_its_readers_group_stays_readable_for_the_reader()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        await gateway.Machine.RunAsync("install", "-g", "daemon", "/dev/null", "/run/inventory.csv");
        await gateway.StartAsync(Gateway.Alpha + Hook);
        var client = await gateway.RegisterAsync();

        await gateway.PingForAsync(client, "first");

        await Deadline.UntilAsync(
            "the reader sees the name",
            async () => (await gateway.Machine.TryRunAsync("setpriv", "--reuid=daemon", "--regid=daemon", "--clear-groups", "cat", "/run/inventory.csv")) is { ExitCode: 0 } read
                && read.Output.Contains("first", StringComparison.Ordinal));
        (await gateway.Machine.RunAsync("stat", "-c", "%U:%G %a", "/run/inventory.csv")).Trim().ShouldBe("root:daemon 640");
    }
}
