using System.Globalization;

namespace WgFleet.Linux;

/// <summary>
/// Which files may be run: those that only root, or the user that the server runs as, can have created and can change.
/// This includes every directory and link in the path. Blocks for the file system.
/// </summary>
internal static class TrustedPath
{
    private const int TypeMask = 0xF000;
    private const int Directory = 0x4000;
    private const int Regular = 0x8000;
    private const int Link = 0xA000;
    private const int SetUserOrGroup = 0xC00;
    private const int Sticky = 0x200;
    private const int GroupOrOthersWrite = 0x12;
    private const int Execute = 0x49;

    /// <summary>The kernel follows as many links (MAXSYMLINKS).</summary>
    private const int MaxLinks = 40;

    /// <summary>The reasons why a program may not be run, each a sentence for operators; empty if it may.</summary>
    /// <param name="path">The program.</param>
    /// <param name="self">The user that the server runs as, who is trusted like root.</param>
    public static IReadOnlyList<string> ProgramProblems(string path, uint self)
    {
        if (!path.StartsWith('/') || path.Contains('\0'))
            return [$"'{path}' is not an absolute path"];

        var problems = new List<string>();
        try
        {
            Follow(path, self, problems);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(e.Message);
        }

        return problems;
    }

    /// <summary>Resolves the path as the kernel does, link by link, and checks every directory on the way and the file.</summary>
    private static void Follow(string path, uint self, List<string> problems)
    {
        var seen = new HashSet<string>();
        var ahead = new Stack<string>();
        Push(path);
        var at = "/";
        var links = 0;
        CheckDirectory();
        while (ahead.TryPop(out var part))
        {
            if (part is "." or "..")
            {
                at = part == "." ? at : Path.GetDirectoryName(at) ?? "/";
                continue;
            }

            var next = Path.Join(at, part);
            var (_, mode) = Interop.StatusOf(next);
            switch (mode & TypeMask)
            {
                case Link when ++links > MaxLinks:
                    problems.Add($"{path} leads through too many links");
                    return;
                case Link:
                    var target = new FileInfo(next).LinkTarget ?? throw new IOException($"{next} has just been changed");
                    at = target.StartsWith('/') ? "/" : at;
                    Push(target);
                    break;
                case Directory:
                    at = next;
                    CheckDirectory();
                    break;
                case Regular when ahead.Count == 0:
                    problems.AddRange(Untrusted(next, self));
                    CheckProgram(next, problems);
                    return;
                default:
                    problems.Add($"{next} is not a regular file");
                    return;
            }
        }

        problems.Add($"{path} is a directory, not a program");

        void Push(string names)
        {
            foreach (var name in names.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
                ahead.Push(name);
        }

        void CheckDirectory()
        {
            if (seen.Add(at))
                problems.AddRange(Untrusted(at, self));
        }
    }

    private static void CheckProgram(string file, List<string> problems)
    {
        var (_, mode) = Interop.StatusOf(file);
        if ((mode & SetUserOrGroup) != 0)
            problems.Add($"{file} is setuid or setgid; chmod ug-s {file}, and set exec.user instead");

        if ((mode & Execute) == 0)
            problems.Add($"{file} is not executable; chmod +x {file}");
        else if (problems.Count == 0 && IsTextWithoutInterpreter(file))
            problems.Add($"{file} is a script without an interpreter; begin it with a line such as #!/bin/sh");
    }

    private static IEnumerable<string> Untrusted(string path, uint self)
    {
        var (owner, mode) = Interop.StatusOf(path);
        if (owner != 0 && owner != self)
            yield return $"{path} belongs to user {owner}, who could change the program; chown root {path}";

        if ((mode & GroupOrOthersWrite) == 0)
            yield break;

        var advice = (mode & Sticky) != 0 ? "put the program elsewhere" : $"chmod go-w {path}";
        yield return string.Create(CultureInfo.InvariantCulture, $"{path} can be written by others than its owner (mode {Octal(mode)}); {advice}");
    }

    /// <summary>A shell can run a script without #!, but the kernel cannot.</summary>
    private static bool IsTextWithoutInterpreter(string file)
    {
        var head = new byte[256];
        using var handle = File.OpenHandle(file);
        var read = RandomAccess.Read(handle, head, 0);
        // Binaries of all formats have a zero byte near the start.
        return !head.AsSpan(0, read).StartsWith("#!"u8) && !head.AsSpan(0, read).Contains((byte)0);
    }

    private static string Octal(int mode) => Convert.ToString(mode & 0xFFF, 8).PadLeft(4, '0');
}
