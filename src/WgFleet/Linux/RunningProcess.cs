using System.Globalization;
using System.Text;

namespace WgFleet.Linux;

/// <summary>A process as proc_pid_stat(5) shows it at one moment.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">Its state: Z is a process that has ended and that its parent has not waited for.</param>
/// <param name="Parent">The id of its parent.</param>
/// <param name="Group">The id of its process group.</param>
/// <param name="Session">The id of its session.</param>
/// <param name="StartedAt">When it started, in clock ticks since the boot: with the id it identifies a process.</param>
internal sealed record RunningProcess(int Id, char State, int Parent, int Group, int Session, long StartedAt)
{
    /// <summary>All processes that this one can see. A process that ends in the meantime is left out.</summary>
    public static IEnumerable<RunningProcess> All() => Directory.EnumerateDirectories("/proc")
        .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, null, out var id) ? Find(id) : null)
        .OfType<RunningProcess>();

    /// <summary>One process; null if there is none with this id.</summary>
    public static RunningProcess? Find(int id)
    {
        if (Read($"/proc/{id}/stat") is not { Length: > 0 } bytes)
            return null;

        // "id (name) state parent group session … starttime", and the name may hold anything.
        var text = Encoding.UTF8.GetString(bytes);
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return new RunningProcess(id, fields[0][0], Number(1), Number(2), Number(3), long.Parse(fields[19], CultureInfo.InvariantCulture));

        int Number(int field) => int.Parse(fields[field], CultureInfo.InvariantCulture);
    }

    /// <summary>The value of a variable in the environment that the process was started with; null if it has none, or may not be read.</summary>
    public string? EnvironmentValue(string name)
    {
        if (Read($"/proc/{Id}/environ") is not { } bytes)
            return null;

        var prefix = name + "=";
        return Encoding.UTF8.GetString(bytes).Split('\0').FirstOrDefault(v => v.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..];
    }

    private static byte[]? Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
