using System.Globalization;

namespace WgFleet.Linux;

/// <summary>
/// Notes which programs run, as files in a directory, so that a server that starts after a crash can end them before it runs the same programs again. Each
/// program has the number of its run in its environment, by which it is recognized: process ids are used again.
/// </summary>
/// <param name="directory">The directory of the notes. Only one server may use it.</param>
internal sealed class ProgramRuns(string directory)
{
    /// <summary>The variable with the number of the run.</summary>
    public const string Variable = "WGFLEET_RUN";

    /// <summary>How long processes may take to end after SIGKILL.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(2);

    /// <summary>Notes a program that is about to start.</summary>
    /// <exception cref="IOException">The note cannot be written.</exception>
    public ProgramRun Begin()
    {
        var number = Guid.NewGuid().ToString("N");
        var note = Path.Combine(directory, number);
        try
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.WriteAllBytes(note, []);
            return new ProgramRun(note, $"{Variable}={number}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Each note has another name, so that equal causes would have different messages.
            throw new IOException(e.Message.Replace(note, directory, StringComparison.Ordinal), e);
        }
    }

    /// <summary>
    /// Ends all processes of programs that have a note: programs of a server that was killed. Returns their ids once they have ended. Processes
    /// that have left the program's session are left alone. Blocks for up to 2 s.
    /// </summary>
    /// <exception cref="IOException">The notes cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The notes may not be read.</exception>
    public IReadOnlyList<int> EndLeftOver()
    {
        if (!Directory.Exists(directory))
            return [];

        var notes = Directory.GetFiles(directory);
        var sessions = notes.ToDictionary(note => Path.GetFileName(note), SessionOf);
        var ended = notes.Length == 0 ? [] : End(sessions);
        foreach (var note in notes)
            File.Delete(note);

        return ended;
    }

    /// <summary>The session of a program with a note, which is the program's id; null if the server was killed before it could note the id.</summary>
    private static int? SessionOf(string note) => int.TryParse(File.ReadAllText(note), NumberStyles.None, null, out var id) ? id : null;

    private static List<int> End(Dictionary<string, int?> sessions)
    {
        // All are found before the first is killed, because the environment of a process is gone when it has ended.
        var found = RunningProcess.All().Where(process => process.Id != Environment.ProcessId && process.EnvironmentValue(Variable) is { } number
            && sessions.TryGetValue(number, out var session) && (session is null || process.Session == session)).ToList();

        // The number of a group is not used again while the group has a process, so this kills no other process.
        foreach (var group in found.Select(process => process.Group).Distinct())
            Interop.SignalGroup(group, Interop.SigKill);

        var ended = found.ConvertAll(process => process.Id);
        var limit = TimeProvider.System.GetTimestamp();
        foreach (var id in ended)
        {
            using var handle = Interop.OpenProcess(id);
            if (handle is not null && EndLimit - TimeProvider.System.GetElapsedTime(limit) is var left && left > TimeSpan.Zero)
                Interop.WaitUntilEnded(handle, left);
        }

        return ended;
    }
}

/// <summary>One run of a program that is noted.</summary>
/// <param name="note">The file that notes it.</param>
/// <param name="mark">The variable that the program must have in its environment, NAME=value.</param>
internal sealed class ProgramRun(string note, string mark)
{
    public string Mark { get; } = mark;

    /// <summary>Notes the id of the program, which is also the id of its session. It is not an error if the note cannot be written.</summary>
    public void Started(int id)
    {
        try
        {
            File.WriteAllText(note, id.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The program can also be found by the mark alone.
        }
    }

    /// <summary>Deletes the note when the program has ended.</summary>
    public void End()
    {
        try
        {
            File.Delete(note);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is deleted at the next start, when no process has its mark.
        }
    }
}
