using System.Globalization;
using WgFleet.Tunnels;
using WgFleet.WireGuard;

namespace WgFleet.Testing;

/// <summary>Replaces wg-quick: records the commands, and creates the interfaces of <see cref="FakeWireGuard"/>.</summary>
internal sealed class FakePrograms(FakeWireGuard wireGuard, FakeInterfaces interfaces)
{
    private readonly Lock _gate = new();
    private readonly List<string> _commands = [];

    /// <summary>The commands, in order, without directories.</summary>
    public IReadOnlyList<string> Commands
    {
        get
        {
            lock (_gate)
                return [.. _commands];
        }
    }

    /// <summary>Commands that contain this fail.</summary>
    public string? Failing { get; set; }

    public Task RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var command = $"{program} {string.Join(' ', arguments.Select(a => a.StartsWith('/') ? Path.GetFileName(a) : a))}";
        lock (_gate)
            _commands.Add(command);

        if (Failing is { } failing && command.Contains(failing, StringComparison.Ordinal))
            throw new TunnelException($"{command} failed with exit code 1: it was told to");

        switch (program, arguments)
        {
            case ("wg-quick", ["up", var conf]):
                Up(conf);
                break;
        }

        return Task.CompletedTask;
    }

    private void Up(string conf)
    {
        var values = File.ReadAllLines(conf).Select(l => l.Split('=', 2)).Where(p => p.Length == 2).ToLookup(p => p[0].Trim(), p => p[1].Trim());
        var name = Path.GetFileNameWithoutExtension(conf);
        if (wireGuard.Has(name))
            throw new TunnelException($"wg-quick up: `{name}' already exists");

        wireGuard.Create(name, PrivateKey.Parse(values["PrivateKey"].Single()), int.Parse(values["ListenPort"].Single(), CultureInfo.InvariantCulture));
        interfaces.Set(new InterfaceState(name, 7, "wireguard", true, 1420, [.. values["Address"].SelectMany(v => v.Split(',')).Select(Address)]));
    }

    private static InterfaceAddress Address(string text) => InterfaceAddress.TryParse(text.Trim(), out var address) ? address : throw new TunnelException($"wg-quick: {text}");
}
