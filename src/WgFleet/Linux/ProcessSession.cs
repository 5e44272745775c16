using System.Globalization;

namespace WgFleet.Linux;

/// <summary>The processes of a session, see setsid(2), as proc_pid_stat(5) shows them.</summary>
internal static class ProcessSession
{
    /// <summary>A process may fork while the list is read, so the list is read again until it is empty, but at most so many times.</summary>
    private const int MostPasses = 20;

    /// <summary>Kills every process of a session, whatever its process group. Reads /proc, which takes some milliseconds.</summary>
    /// <param name="session">The session's id, which is the process id of its first process. That process must not be reaped yet, else the id may belong to others.</param>
    public static void Kill(int session)
    {
        for (var pass = 0; pass < MostPasses && Members(session) is { Count: > 0 } members; pass++)
            members.ForEach(member => Kill(member, session));
    }

    /// <summary>The ids of the session's processes that have not ended.</summary>
    public static List<int> Members(int session)
    {
        var members = new List<int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && IsMember(id, session))
                members.Add(id);
        }

        return members;
    }

    private static void Kill(int member, int session)
    {
        try
        {
            using var process = Interop.OpenProcess(member);

            // Read again, because the process may have ended and another one may have its id; from now on the handle shows that.
            if (process is not null && IsMember(member, session))
                Interop.SendSignal(process, Interop.SigKill);
        }
        catch (IOException)
        {
            // It has ended in the meantime.
        }
    }

    private static bool IsMember(int id, int session)
    {
        try
        {
            // pid (comm) state ppid pgrp session …; comm may hold blanks and brackets.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ', 5) is [var state, _, _, var member, _]
                && state is not ("Z" or "X")
                && int.TryParse(member, NumberStyles.None, CultureInfo.InvariantCulture, out var found) && found == session;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
