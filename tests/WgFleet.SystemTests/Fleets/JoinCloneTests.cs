using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>Copies of a machine that join.sh takes for the machine itself: all have its key, until the server tells them.</summary>
public class JoinCloneTests
{
    private const string Event = "client.cloned";

    // Of the first machine of a network, whose card has it in its address.
    private const int FirstNumber = 257;

    // With one text for all of them, no copy notices that it is one.
    private static readonly string[] SameMachine = ["--machine", "the same"];

    [Fact]
    public async Task Three_copies_of_one_root_folder_end_with_keys_and_names_of_their_own_and_one_keeps_the_first()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var image = await lan.AddMachineAsync(gateway);
        await image.JoinAsync(SameMachine);
        var first = await KeyAsync(image);
        await lan.PowerOffAsync(image);
        List<Machine> machines = [(await lan.AddClientAsync(image)).Machine, (await lan.AddClientAsync(image)).Machine];
        machines.Insert(0, await lan.BootAsync(image.Name, FirstNumber));
        foreach (var machine in machines)
            (await KeyAsync(machine)).ShouldBe(first);

        // As timers do, each in its turn, and until each has a key of its own.
        var said = new string[machines.Count];
        for (var round = 0; await CountKeysAsync(machines) < machines.Count; round++)
        {
            round.ShouldBeLessThan(6, $"the log of the gateway:\n{gateway.Log()}\n{string.Join('\n', said)}");
            foreach (var (number, machine) in machines.Index())
            {
                if (round > 0)
                    machine.EndBackOff();

                said[number] += (await machine.TryJoinAsync(SameMachine)).Error;
            }
        }

        (await KeyAsync(machines[0])).ShouldBe(first, "the machine that registered keeps its key");
        said[0].ShouldNotContain("making a new key");
        said.Skip(1).ShouldAllBe(s => s.Split("making a new key\n").Length == 2);

        foreach (var machine in machines)
        {
            machine.EndBackOff();
            await machine.JoinAsync(SameMachine);
            (await machine.TryJoinAsync([.. SameMachine, "--status"])).Output.ShouldContain("\nIn:        yes\n");
            await machine.ReachesGatewayAsync();
        }

        (await gateway.PeersAsync()).Count.ShouldBe(machines.Count);
        gateway.HostsFile.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[1]).Order()
            .ShouldBe(["excavator--2.alpha.example.net", "excavator--3.alpha.example.net", "excavator.alpha.example.net"]);

        // The interface is read every 20 s at the latest.
        await Deadline.UntilAsync("there is an event", async () => (await EventsAsync(gateway)).Contains(Event, StringComparison.Ordinal));
        (await EventsAsync(gateway)).Split(Event).Length.ShouldBe(2, "it is told once");

        // Nobody makes another key.
        foreach (var machine in machines)
            (await machine.JoinAsync(SameMachine)).ShouldBeEmpty();

        (await CountKeysAsync(machines)).ShouldBe(machines.Count);
        (await KeyAsync(machines[0])).ShouldBe(first);
    }

    [Fact]
    public async Task A_machine_that_is_told_again_and_again_to_make_a_new_key_makes_three()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = await lan.AddMachineAsync(gateway);
        await machine.JoinAsync();
        await machine.RunAsync("sh", "-ec", AlwaysRefused);

        for (var round = 0; round < 5; round++)
        {
            machine.EndBackOff();
            (await machine.TryRunAsync("env", "PATH=/run/bin:/usr/sbin:/usr/bin:/sbin:/bin", "dash", "/var/lib/join.sh")).ExitCode.ShouldBe(1);
        }

        (await gateway.PeersAsync()).Count.ShouldBe(4);
        (await machine.RunAsync("cat", "/run/wg-fleet-join/alpha/trouble"))
            .ShouldBe("another machine has this key, says the server, but this machine has made 3 keys since it was started: ask the operator of http://10.201.0.1:8000\n");
    }

    // A curl whose pings are all answered by a server that is out of its mind.
    private const string AlwaysRefused = """
        mkdir -p /run/bin
        cat >/run/bin/curl <<'END'
        #!/bin/sh
        case $* in
            */ping*) printf '{"detail":"Another machine has this key","regenerate":true}' >/run/wg-fleet-join/alpha/answer; printf 409 ;;
            *) exec /usr/bin/curl "$@" ;;
        esac
        END
        chmod 755 /run/bin/curl
        """;

    private static async Task<string> EventsAsync(Gateway gateway) => (await gateway.RunAsync("events", "list", "-n", "100")).Output;

    private static async Task<string> KeyAsync(Machine machine) => await machine.RunAsync("cat", "/etc/wireguard/wg-fleet-join/alpha/private.key");

    private static async Task<int> CountKeysAsync(List<Machine> machines) => (await Task.WhenAll(machines.Select(KeyAsync))).Distinct().Count();
}
