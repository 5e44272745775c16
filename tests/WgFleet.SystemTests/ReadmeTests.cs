using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests;

/// <summary>What README.md tells people to write and to type.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public async Task The_configuration_and_three_commands_of_the_README_make_a_machine_join()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        var client = await lan.AddClientAsync();
        await gateway.StartAsync(Block("yaml", gateway));

        await client.Machine.RunAsync("sh", "-e", "-c", Block("sh", gateway));

        gateway.HostsFile.ShouldEndWith(" excavator.alpha.fleet.example.com\n");
    }

    private static string Block(string language, Gateway gateway)
    {
        var readme = File.ReadAllText(Repository.PathOf("README.md"));
        var block = readme.Split($"```{language}\n")[1].Split("```")[0];
        block.ShouldContain("203.0.113.7");
        return block.Replace("203.0.113.7", $"{gateway.Address}", StringComparison.Ordinal);
    }
}
