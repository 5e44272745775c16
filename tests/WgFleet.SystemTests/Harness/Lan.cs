using System.Globalization;
using System.Net;
using WgFleet.SystemTests.Systemd;

namespace WgFleet.SystemTests.Harness;

/// <summary>
/// The network of a test: a switch with machines on it, 10.201.0.0/16 and 2001:db8::/64 (both of no use elsewhere, and
/// seen by nobody else). Removes everything it made, also after a failure.
/// </summary>
internal sealed class Lan : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wg-fleet-test-").FullName;
    private readonly List<Gateway> _gateways = [];
    private readonly List<Machine> _machines = [];
    private readonly SemaphoreSlim _cabling = new(1);
    private Machine _switch = null!;
    private int _machinesMade;
    private int _portsMade;

    private Lan()
    {
    }

    public static async Task<Lan> CreateAsync()
    {
        var lan = new Lan();
        lan._switch = await Machine.BootAsync("switch", Path.Combine(lan._folder, "switch"));
        await lan._switch.IpAsync("link add br0 type bridge\nlink set br0 up\n");
        return lan;
    }

    /// <summary>A gateway at 10.201.0.1, or at another last number.</summary>
    public async Task<Gateway> AddGatewayAsync(int number = 1)
    {
        var gateway = new Gateway(this, number);
        lock (_gateways)
            _gateways.Add(gateway);

        await gateway.BootAsync();
        return gateway;
    }

    /// <summary>A gateway at 10.201.0.1 with the server running.</summary>
    public async Task<Gateway> StartGatewayAsync(string config = Gateway.Alpha)
    {
        var gateway = await AddGatewayAsync();
        await gateway.StartAsync(config);
        return gateway;
    }

    /// <summary>A machine that may become a fleet's client, at an address of its own.</summary>
    /// <param name="image">A machine that is off, whose disk the new one has a copy of.</param>
    public async Task<FleetClient> AddClientAsync(Machine? image = null)
    {
        var number = 256 + Interlocked.Increment(ref _machinesMade);
        var name = $"client{number - 256}";
        if (image is not null)
            (await RunningProcess.RunAsync(["cp", "-a", image.Disk, Path.Combine(_folder, name)])).Succeeded("cp");

        return new FleetClient(await BootAsync(name, number));
    }

    /// <summary>Cuts the power of a client's machine and boots it again: the same disk, network card and addresses.</summary>
    public async Task<Machine> RebootAsync(Machine machine)
    {
        await PowerOffAsync(machine);
        return await BootAsync(machine.Name, 256 + int.Parse(machine.Name["client".Length..], CultureInfo.InvariantCulture));
    }

    /// <summary>A machine with address 10.201.x.y and 2001:db8::number on the switch; its disk is what the name had before.</summary>
    public async Task<Machine> BootAsync(string name, int number)
    {
        var machine = await Machine.BootAsync(name, Path.Combine(_folder, name));
        lock (_machines)
            _machines.Add(machine);

        await PlugInAsync(machine, number);
        return machine;
    }

    /// <summary>Gives a machine with a systemd of its own an eth0 on the switch, with an address like a client's. Its reboot takes it away.</summary>
    public async Task<IPAddress> PlugInAsync(SystemdMachine machine)
    {
        var number = 256 + Interlocked.Increment(ref _machinesMade);
        var port = string.Create(CultureInfo.InvariantCulture, $"p{Interlocked.Increment(ref _portsMade)}");
        await _switch.IpAsync($"link add {port} type veth peer name eth0 netns {machine.Pid}\nlink set {port} master br0 up\n");
        await machine.ShellAsync($"ip addr add {Address(number)}/16 dev eth0; ip link set eth0 up");
        return Address(number);
    }

    /// <summary>Pulls the cables and cuts the power.</summary>
    public async Task PowerOffAsync(Machine machine)
    {
        await machine.DisposeAsync();
        lock (_machines)
            _machines.Remove(machine);

        // The kernel takes its time to remove a namespace; another machine with this address must not meet its ghost.
        await _switch.TryRunAsync("ip", "link", "del", machine.Port!);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _gateways)
            TestContext.Current.TestOutputHelper?.WriteLine(gateway.Log());

        await Task.WhenAll(_machines.Append(_switch).Select(m => m.DisposeAsync().AsTask()));
        Directory.Delete(_folder, recursive: true);
    }

    public static IPAddress Address(int number) => new([10, 201, (byte)(number / 256), (byte)number]);

    private async Task PlugInAsync(Machine machine, int number)
    {
        var port = string.Create(CultureInfo.InvariantCulture, $"p{Interlocked.Increment(ref _portsMade)}");
        await _cabling.WaitAsync();
        try
        {
            await machine.PlugInAsync(_switch, port);
        }
        finally
        {
            _cabling.Release();
        }

        // A card keeps its address over a reboot; others have it in their caches.
        await machine.IpAsync(string.Create(CultureInfo.InvariantCulture, $"""
            link set eth0 address 02:00:00:00:{number / 256:x2}:{number % 256:x2}
            addr add {Address(number)}/16 dev eth0
            addr add 2001:db8::{number:x}/64 dev eth0 nodad
            link set eth0 up

            """));
    }
}
