using System.Globalization;
using WgFleet.Config;
using WgFleet.WireGuard;

namespace WgFleet.Tunnels;

/// <summary>
/// wg_FLEET.conf: what wg-quick brings the interface up from, and where the gateway's key is kept. Mode 0400; holds no
/// peers, those are in the database. Format: wg-quick(8).
/// </summary>
internal sealed record TunnelConf(string Address, int ListenPort, PrivateKey PrivateKey)
{
    /// <summary>The file as it is. What was added by hand (an MTU, a PostUp, a second Address) outlives every rewrite.</summary>
    private IReadOnlyList<string> Lines { get; init; } = ["[Interface]"];

    public static string PathOf(FleetConfig fleet, string directory) => Path.Combine(directory, fleet.Interface + ".conf");

    /// <summary>A file that says what the configuration asks for.</summary>
    public static TunnelConf New(FleetConfig fleet, PrivateKey key) => new(AddressOf(fleet), fleet.Port, key);

    /// <summary>The same file, brought in line with the configuration.</summary>
    public TunnelConf For(FleetConfig fleet) => this with { Address = AddressOf(fleet), ListenPort = fleet.Port };

    /// <summary>The Address line's value: the gateway's address as the config spells it, with the subnet's length.</summary>
    public static string AddressOf(FleetConfig fleet) =>
        string.Create(CultureInfo.InvariantCulture, $"{fleet.Ip6Text}/{fleet.Subnet.PrefixLength}");

    /// <summary>Reads the file; null if there is none.</summary>
    /// <exception cref="TunnelException">It cannot be read, or lacks something.</exception>
    public static TunnelConf? Read(string path)
    {
        if (!File.Exists(path))
            return null;

        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TunnelException($"{path} cannot be read: {e.Message}", e);
        }

        if (Value(lines, "PrivateKey") is not { } keyText || !TryKey(keyText, out var key))
            throw new TunnelException($"{path} has no valid PrivateKey: restore it from a backup, or remove it to make a new key (then clients must register again)");

        _ = int.TryParse(Value(lines, "ListenPort"), NumberStyles.None, CultureInfo.InvariantCulture, out var port);
        return new TunnelConf(Value(lines, "Address") ?? "", port, key) { Lines = lines };
    }

    /// <summary>Writes the file whole, or not at all; never readable by anybody but its owner, not even for a moment.</summary>
    public void Write(string path)
    {
        var draft = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            };
            using (var file = new FileStream(draft, options))
            {
                file.Write(System.Text.Encoding.ASCII.GetBytes(Text()));
                file.Flush(flushToDisk: true);
            }

            File.SetUnixFileMode(draft, UnixFileMode.UserRead);
            File.Move(draft, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Discard(draft);
            throw new TunnelException($"{path} cannot be written: {e.Message}", e);
        }
    }

    // Not ToString: what prints this record must not print the key.
    private string Text()
    {
        var lines = Lines.ToList();
        Put(lines, "PrivateKey", PrivateKey.Reveal());
        Put(lines, "ListenPort", ListenPort.ToString(CultureInfo.InvariantCulture));
        Put(lines, "Address", Address);
        return string.Join('\n', lines) + "\n";
    }

    private static void Put(List<string> lines, string key, string value)
    {
        var at = lines.FindIndex(line => ValueIn(line, key) is not null);
        if (at >= 0 && ValueIn(lines[at], key) == value)
            return;

        if (at >= 0)
            lines[at] = $"{key} = {value}";
        else
            lines.Insert(lines.FindIndex(line => line.Trim().Equals("[Interface]", StringComparison.OrdinalIgnoreCase)) + 1, $"{key} = {value}");
    }

    private static string? Value(IEnumerable<string> lines, string key) =>
        lines.Select(line => ValueIn(line, key)).FirstOrDefault(value => value is not null);

    private static string? ValueIn(string line, string key)
    {
        var parts = line.Split('#')[0].Split('=', 2);
        return parts.Length == 2 && parts[0].Trim().Equals(key, StringComparison.OrdinalIgnoreCase) ? parts[1].Trim() : null;
    }

    private static void Discard(string draft)
    {
        try
        {
            File.Delete(draft);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Why it could not be written is what the operator has to know.
        }
    }

    private static bool TryKey(string text, out PrivateKey key)
    {
        try
        {
            key = PrivateKey.Parse(text);
            return true;
        }
        catch (FormatException)
        {
            key = null!;
            return false;
        }
    }
}
