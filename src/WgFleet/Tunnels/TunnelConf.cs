using System.Globalization;
using System.Net;
using System.Net.Sockets;
using WgFleet.Config;
using WgFleet.WireGuard;

namespace WgFleet.Tunnels;

/// <summary>
/// wg_FLEET.conf: has the gateway's key and the settings of the interface. Has mode 0400 and no peers, which are in the
/// database. Its format is that of wg-quick(8), as operators may edit the file and bring the interface up by hand.
/// </summary>
internal sealed class TunnelConf
{
    private const string Address = "Address", ListenPort = "ListenPort", Mtu = "MTU", Key = "PrivateKey";

    // Operators add IPv4 addresses of their own, which must stay.
    private const string Ip4Comment = " # ip4 of wg-fleet.yaml";

    private readonly WgQuickFile _file;

    private TunnelConf(WgQuickFile file, string path)
    {
        _file = file;
        Path = path;
        if (file.Last(Key) is not { Value: { } key } || !PrivateKey.TryParse(key, out var privateKey))
            throw new TunnelException($"{path} has no valid PrivateKey: restore it from a backup, or remove it to make a new key (then clients must register again)");

        PrivateKey = privateKey;
        Port = int.TryParse(file.Last(ListenPort)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : 0;
        Addresses = [.. AddressesIn(file).Select(found => found.Address)];
        InterfaceMtu = ReadMtu();
    }

    public string Path { get; }

    public PrivateKey PrivateKey { get; }

    /// <summary>The UDP port; 0 if the file has none.</summary>
    public int Port { get; }

    /// <summary>All addresses of the interface, in the order of the file.</summary>
    public IReadOnlyList<InterfaceAddress> Addresses { get; }

    /// <summary>The MTU; null if the file has none.</summary>
    public int? InterfaceMtu { get; }

    /// <summary>
    /// The first line that only wg-quick understands, "PostUp in line 7" for example; null if the server can set up all that the file
    /// says by itself.
    /// </summary>
    public string? NeedsWgQuick => _file.Lines
        .Where(line => line.Key.Length > 0 && !(line.IsHeading && line.IsInInterface) && !IsKnown(line))
        .Select(line => string.Create(CultureInfo.InvariantCulture, $"{line.Key} in line {line.Number}"))
        .FirstOrDefault();

    public static string PathOf(TunnelConfig fleet, string directory) => System.IO.Path.Combine(directory, fleet.Interface + ".conf");

    /// <summary>The gateway's address in a network of the fleet, with the length of the subnet's prefix.</summary>
    public static InterfaceAddress AddressOf(FleetNetwork network) => new(network.Gateway, network.Subnet.PrefixLength);

    /// <summary>Creates the file of a new fleet.</summary>
    public static TunnelConf New(TunnelConfig fleet, PrivateKey key, string path) => new(
        WgQuickFile.Parse(System.Text.Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{WgQuickFile.InterfaceHeading}\n{string.Concat(fleet.Networks.Select(n => $"{Address} = {AddressText(n)}\n"))}{ListenPort} = {fleet.Port}\n{Key} = {key.Reveal()}\n"))),
        path);

    /// <summary>Reads the file; null if there is none.</summary>
    /// <exception cref="TunnelException">The file cannot be read, or is damaged.</exception>
    public static TunnelConf? Read(string path) => ConfStore.Read(path) is { } bytes ? new(WgQuickFile.Parse(bytes), path) : null;

    /// <summary>
    /// Returns the file with the configuration's addresses and port; the same object if it has them already. An IPv6 address replaces
    /// the one with another prefix length, else another one of the subnet, else the first IPv6 address that is not link-local. An IPv4 address has a comment by which
    /// a later configuration knows it, replaces it or removes it. Other addresses stay.
    /// </summary>
    public TunnelConf For(TunnelConfig fleet)
    {
        var missing = fleet.Networks.Where(n => !Addresses.Contains(AddressOf(n))).ToList();
        var has4 = fleet.Networks.Any(n => n.IsIPv4);
        if (missing.Count == 0 && Port == fleet.Port && (has4 || OurIp4(_file) is null))
            return this;

        var file = WgQuickFile.Parse(_file.ToBytes());
        if (Port != fleet.Port)
            file.Set(ListenPort, fleet.Port.ToString(CultureInfo.InvariantCulture));

        foreach (var network in missing)
        {
            if (network.IsIPv4)
                PutIp4(file, network);
            else
                PutIp6(file, network);
        }

        if (!has4 && OurIp4(file) is { } left)
            file.Remove(left);

        return new TunnelConf(file, Path);
    }

    /// <summary>Writes the file whole or not at all. Before the first change of an existing file a copy is kept beside it.</summary>
    /// <exception cref="TunnelException">The file cannot be written.</exception>
    public void Write() => ConfStore.Write(Path, _file.ToBytes());

    private void PutIp6(WgQuickFile file, FleetNetwork network)
    {
        var found = AddressesIn(file);
        var index = found.FindIndex(a => a.Address.Address.Equals(network.Gateway));
        if (index < 0)
            index = found.FindIndex(a => network.Subnet.Contains(a.Address.Address));
        if (index < 0)
            index = found.FindIndex(a => a.Address.Address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv6LinkLocal: false });

        if (index < 0)
            file.Insert(Address, AddressText(network));
        else
            file.Replace(found[index].Line, found[index].At, found[index].Length, AddressText(network));
    }

    private static void PutIp4(WgQuickFile file, FleetNetwork network)
    {
        if (OurIp4(file) is { } old)
            file.Remove(old);

        file.Insert(Address, AddressText(network), below: Address);
    }

    private static WgQuickLine? OurIp4(WgQuickFile file) => file.All(Address).FirstOrDefault(line => line.Text.Contains(Ip4Comment, StringComparison.Ordinal));

    /// <summary>Finds the addresses of all Address lines and their positions. wg-quick allows commas and spaces between them.</summary>
    private List<(InterfaceAddress Address, WgQuickLine Line, int At, int Length)> AddressesIn(WgQuickFile file)
    {
        var found = new List<(InterfaceAddress, WgQuickLine, int, int)>();
        foreach (var line in file.All(Address))
        {
            foreach (var range in line.Value.AsSpan().SplitAny(' ', '\t', ','))
            {
                var (at, length) = range.GetOffsetAndLength(line.Value!.Length);
                if (length == 0)
                    continue;

                var text = line.Value.Substring(at, length);
                if (!InterfaceAddress.TryParse(text, out var address))
                    throw Damaged($"\"{text}\" in line {line.Number} is not an address");

                found.Add((address, line, at, length));
            }
        }

        return found;
    }

    private int? ReadMtu()
    {
        if (_file.Last(Mtu) is not { } line)
            return null;

        return int.TryParse(line.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var mtu) && mtu is >= 576 and <= 65535
            ? mtu
            : throw Damaged($"the MTU in line {line.Number} is not a number from 576 to 65535");
    }

    private static bool IsKnown(WgQuickLine line) => line.Sets(Address) || line.Sets(ListenPort) || line.Sets(Mtu) || line.Sets(Key);

    /// <summary>The value of the Address line, as the configuration spells it.</summary>
    private static string AddressText(FleetNetwork network) =>
        string.Create(CultureInfo.InvariantCulture, $"{network.GatewayText}/{network.Subnet.PrefixLength}{(network.IsIPv4 ? Ip4Comment : "")}");

    private TunnelException Damaged(string problem) => new(string.Create(
        CultureInfo.InvariantCulture, $"{Path} is damaged: {problem}; correct it, or restore it from a backup"));
}
