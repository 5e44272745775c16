using System.Globalization;
using WgFleet.Linux;

namespace WgFleet.Hooks.Deliveries.Exec;

/// <summary>
/// Which programs may be run for an event: those that nobody but root, or the user we are, could have put there or can change.
/// Looked at when hooks are loaded and again before every run.
/// </summary>
internal static class ExecFile
{
    private const int TypeOf = 0xF000;
    private const int Folder = 0x4000;
    private const int Regular = 0x8000;
    private const int Link = 0xA000;
    private const int SetUserOrGroup = 0xC00;
    private const int Sticky = 0x200;
    private const int OthersWrite = 0x12;
    private const int Execute = 0x49;

    /// <summary>As the kernel: MAXSYMLINKS.</summary>
    private const int MostLinks = 40;

    /// <summary>Everything that forbids to run <paramref name="path"/>, each as the sentence an operator reads; empty if it may run.</summary>
    /// <param name="path">The program.</param>
    /// <param name="self">The user we are, who is trusted beside root.</param>
    public static IReadOnlyList<string> Problems(string path, uint self) => Problems(path, self, runs: true);

    /// <summary>The same of a file that is not run but loaded into this very process.</summary>
    public static IReadOnlyList<string> LibraryProblems(string path, uint self) => Problems(path, self, runs: false);

    private static List<string> Problems(string path, uint self, bool runs)
    {
        if (!path.StartsWith('/') || path.Contains('\0'))
            return [$"'{path}' is not an absolute path"];

        var problems = new List<string>();
        try
        {
            Follow(path, self, runs, problems);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(e.Message);
        }

        return problems;
    }

    /// <summary>Goes the way the kernel goes, link by link, and looks at every folder on it and at the file.</summary>
    private static void Follow(string path, uint self, bool runs, List<string> problems)
    {
        var seen = new HashSet<string>();
        var ahead = new Stack<string>();
        Push(path);
        var at = "/";
        var links = 0;
        LookAtFolder();
        while (ahead.TryPop(out var part))
        {
            if (part is "." or "..")
            {
                at = part == "." ? at : Path.GetDirectoryName(at) ?? "/";
                continue;
            }

            var next = Path.Join(at, part);
            var (_, mode) = Interop.StatusOf(next);
            switch (mode & TypeOf)
            {
                case Link when ++links > MostLinks:
                    problems.Add($"{path} leads through too many links");
                    return;
                case Link:
                    var target = new FileInfo(next).LinkTarget ?? throw new IOException($"{next} has just been changed");
                    at = target.StartsWith('/') ? "/" : at;
                    Push(target);
                    break;
                case Folder:
                    at = next;
                    LookAtFolder();
                    break;
                case Regular when ahead.Count == 0:
                    problems.AddRange(Untrusted(next, self));
                    if (runs)
                        LookAtProgram(next, problems);
                    return;
                default:
                    problems.Add($"{next} is not a regular file");
                    return;
            }
        }

        problems.Add($"{path} is a folder, not a program");

        void Push(string names)
        {
            foreach (var name in names.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
                ahead.Push(name);
        }

        void LookAtFolder()
        {
            if (seen.Add(at))
                problems.AddRange(Untrusted(at, self));
        }
    }

    private static void LookAtProgram(string file, List<string> problems)
    {
        var (_, mode) = Interop.StatusOf(file);
        if ((mode & SetUserOrGroup) != 0)
            problems.Add($"{file} is setuid or setgid; chmod ug-s {file}, and set exec.user instead");

        if ((mode & Execute) == 0)
            problems.Add($"{file} is not executable; chmod +x {file}");
        else if (problems.Count == 0 && IsTextWithoutInterpreter(file))
            problems.Add($"{file} is a script without an interpreter; make its first line #!/bin/sh or the like");
    }

    private static IEnumerable<string> Untrusted(string path, uint self)
    {
        var (owner, mode) = Interop.StatusOf(path);
        if (owner != 0 && owner != self)
            yield return $"{path} belongs to user {owner}, who could change what runs; chown root {path}";

        if ((mode & OthersWrite) == 0)
            yield break;

        var advice = (mode & Sticky) != 0 ? "put the program elsewhere" : $"chmod go-w {path}";
        yield return string.Create(CultureInfo.InvariantCulture, $"{path} can be written by others than its owner (mode {Octal(mode)}); {advice}");
    }

    /// <summary>Without #! the kernel refuses a script, where a shell would guess.</summary>
    private static bool IsTextWithoutInterpreter(string file)
    {
        var head = new byte[256];
        using var handle = File.OpenHandle(file);
        var read = RandomAccess.Read(handle, head, 0);
        // A binary of whatever format has a zero byte early on.
        return !head.AsSpan(0, read).StartsWith("#!"u8) && !head.AsSpan(0, read).Contains((byte)0);
    }

    private static string Octal(int mode) => Convert.ToString(mode & 0xFFF, 8).PadLeft(4, '0');
}
