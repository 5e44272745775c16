using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>A machine for tests of join.sh, with what the script reads and writes.</summary>
internal static class JoinMachine
{
    /// <summary>The command that <c>--install</c> installs.</summary>
    public const string Program = "/usr/local/sbin/wg-fleet-join";

    /// <summary>The gateway's address inside of fleet alpha.</summary>
    public const string GatewayInTunnel = "fd00:a0a8:34d:a0::1";

    // An empty layer over this machine's own folders: what the script writes there is seen by nobody else, and ends with the machine.
    private const string OwnFolders = """
        mkdir -p /run/own /run/keep
        mount --bind /etc/wireguard /run/keep
        for folder in etc usr/local; do
            mkdir -p /run/own/$folder/upper /run/own/$folder/work
            mount -t overlay overlay -o lowerdir=/$folder,upperdir=/run/own/$folder/upper,workdir=/run/own/$folder/work /$folder
        done
        mount --bind /run/keep /etc/wireguard
        """;

    /// <summary>Lets the machine write to /etc and /usr/local, until it is switched off.</summary>
    public static Task OwnFoldersAsync(this Machine machine) => machine.RunAsync("sh", "-ec", OwnFolders);

    /// <summary>A machine of the network that has the script of a fleet as /var/lib/join.sh.</summary>
    public static async Task<Machine> AddMachineAsync(this Lan lan, Gateway gateway, string fleet = "alpha")
    {
        var machine = (await lan.AddClientAsync()).Machine;
        await machine.OwnFoldersAsync();
        await machine.DownloadAsync(gateway, fleet);
        return machine;
    }

    public static Task DownloadAsync(this Machine machine, Gateway gateway, string fleet = "alpha") =>
        machine.RunAsync("curl", "-sSf", "-o", "/var/lib/join.sh", $"{gateway.Url}/fleet/{fleet}/join.sh");

    /// <summary>Runs the script, which asks for the name excavator, to its end; fails if the machine is not in afterwards.</summary>
    public static async Task<string> JoinAsync(this Machine machine, params string[] arguments)
    {
        var finished = await machine.TryJoinAsync(arguments);
        finished.Succeeded($"{machine.Name}: join.sh {string.Join(' ', arguments)}");
        return finished.Error;
    }

    /// <summary>Runs the script to its end, whatever that is.</summary>
    public static Task<Finished> TryJoinAsync(this Machine machine, params string[] arguments) =>
        machine.TryRunAsync(["env", "WG_FLEET_HOSTNAME=excavator", "dash", "/var/lib/join.sh", .. arguments]);

    /// <summary>Lets the next round begin at once, whatever the last one decided.</summary>
    public static void EndBackOff(this Machine machine, string fleet = "alpha") => File.Delete(machine.Seen($"/run/wg-fleet-join/{fleet}/wait-until"));

    /// <summary>Fails unless the gateway answers through the tunnel.</summary>
    public static async Task ReachesGatewayAsync(this Machine machine) =>
        (await machine.RunAsync("ping", "-6", "-c", "1", "-w", "30", GatewayInTunnel)).ShouldContain("1 received");
}
