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
    public static string PathOf(FleetConfig fleet, string directory) => Path.Combine(directory, fleet.Interface + ".conf");

    /// <summary>What the configuration asks for.</summary>
    public static TunnelConf For(FleetConfig fleet, PrivateKey key) => new(AddressOf(fleet), fleet.Port, key);

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
        return new TunnelConf(Value(lines, "Address") ?? "", port, key);
    }

    /// <summary>Writes the file whole, or not at all; never readable by anybody but its owner, not even for a moment.</summary>
    public void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var draft = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
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
            File.Delete(draft);
            throw new TunnelException($"{path} cannot be written: {e.Message}", e);
        }
    }

    // Not ToString: what prints this record must not print the key.
    private string Text() => string.Create(
        CultureInfo.InvariantCulture,
        $"[Interface]\nAddress = {Address}\nListenPort = {ListenPort}\nPrivateKey = {PrivateKey.Reveal()}\n");

    private static string? Value(string[] lines, string key)
    {
        foreach (var line in lines)
        {
            var parts = line.Split('=', 2);
            if (parts.Length == 2 && parts[0].Trim().Equals(key, StringComparison.OrdinalIgnoreCase))
                return parts[1].Trim();
        }

        return null;
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
