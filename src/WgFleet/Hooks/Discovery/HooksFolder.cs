using System.Globalization;
using System.Text.RegularExpressions;
using WgFleet.Linux;

namespace WgFleet.Hooks.Discovery;

/// <summary>Finds the programs in drop-in directories, which are hooks: NN-name, in the order of their file names.</summary>
internal static partial class HooksFolder
{
    /// <summary>All files of the directories in running order, also files that are not hooks. Only leftovers of editors and packagers are ignored.</summary>
    /// <param name="directories">The directories; a file in an earlier one hides a file of the same name in a later one. A missing one counts as empty.</param>
    /// <param name="self">The user that the server runs as.</param>
    /// <exception cref="IOException">A directory cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no permission to read a directory.</exception>
    public static IReadOnlyList<HookFile> Scan(IEnumerable<string> directories, uint self)
    {
        var hidden = new Dictionary<string, string>();
        var names = new Dictionary<string, string>();
        var found = new List<HookFile>();
        var paths = directories.Where(Directory.Exists).SelectMany(Directory.EnumerateFileSystemEntries).Where(p => !Leftover().IsMatch(Path.GetFileName(p)));

        // The sort is stable: of files with one name, the one in the earlier directory comes first.
        foreach (var path in paths.OrderBy(p => Path.GetFileName(p), StringComparer.Ordinal))
        {
            var file = Read(path);
            var masked = new FileInfo(path).LinkTarget == "/dev/null";
            var covered = hidden.TryGetValue(Path.GetFileName(path), out var first);
            var inactive = covered ? $"{first} comes before it" : masked ? "masked by a link to /dev/null" : file.Inactive ?? WhyNot(path, self);
            if (inactive is null && !names.TryAdd(file.Name, path))
                inactive = $"its name '{file.Name}' is also that of {names[file.Name]}; rename one";

            hidden.TryAdd(Path.GetFileName(path), path);
            found.Add(file with { Inactive = inactive, Hidden = covered || masked });
        }

        return found;
    }

    private static HookFile Read(string path)
    {
        var name = HookName().Match(Path.GetFileName(path));
        return name.Success
            ? new HookFile(name.Groups["name"].Value, path, int.Parse(name.Groups["order"].Value, CultureInfo.InvariantCulture))
            : new HookFile(Path.GetFileName(path), path, 0) { Inactive = "its name is not NN-name, two digits and a-z, 0-9, _ and -; rename it" };
    }

    private static string? WhyNot(string path, uint self)
    {
        var problems = TrustedPath.ProgramProblems(path, self);
        return problems.Count == 0 ? null : string.Join("; ", problems);
    }

    [GeneratedRegex(@"\A(?<order>[0-9]{2})-(?<name>[a-z0-9_-]+)(\.[A-Za-z0-9]+)?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex HookName();

    [GeneratedRegex(@"\A\.|~\z|\A\#.*\#\z|\.rpm[^.]*\z|\.dpkg-[^.]*\z|\.(swp|bak)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Leftover();
}

/// <summary>A file of a drop-in directory.</summary>
/// <param name="Name">The hook's name: the file's without number and extension; the file's name if it cannot be a hook.</param>
/// <param name="Path">The file.</param>
/// <param name="Order">Its number, 0 to 99.</param>
internal sealed record HookFile(string Name, string Path, int Order)
{
    /// <summary>Why it does not run; null if it does.</summary>
    public string? Inactive { get; init; }

    /// <summary>Whether it does not run on purpose: it is masked, or a file in an earlier directory hides it.</summary>
    public bool Hidden { get; init; }
}
