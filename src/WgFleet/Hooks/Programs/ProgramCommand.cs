using WgFleet.Linux;

namespace WgFleet.Hooks.Programs;

/// <summary>An operator's program, as the configuration names it, with all checks before it may run.</summary>
/// <param name="Section">The section of the configuration that names it: exec or stream.</param>
/// <param name="Path">An absolute path.</param>
/// <param name="Args">Its arguments.</param>
/// <param name="User">The user it runs as.</param>
internal sealed record ProgramCommand(string Section, string Path, IReadOnlyList<string> Args, string User)
{
    /// <summary>The environment of all programs, besides what their kind adds: NAME=value.</summary>
    public static IReadOnlyList<string> Environment(string hook) => ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", $"WGFLEET_HOOK={hook}"];

    /// <summary>Lists every reason why it cannot run: the key below the section, and a sentence for the operator.</summary>
    public IEnumerable<(string Key, string Text)> Problems()
    {
        foreach (var problem in TrustedPath.ProgramProblems(Path, Interop.EffectiveUser))
            yield return ("command", problem);

        if (UserProblem() is { } noUser)
            yield return ("user", noUser);

        if (Args.Any(a => a.Contains('\0')))
            yield return ("args", $"{Section}.args holds a NUL character, which no argument can; remove it");
    }

    /// <summary>Why nothing can run as its user, in a sentence for the operator; null if that is possible.</summary>
    public string? UserProblem()
    {
        ProgramUser.Find(User, Interop.EffectiveUser, $"{Section}.user", out var problem);
        return problem;
    }

    /// <summary>The command that runs it now, as its user; null if it may not run. Looks at the file each time, since it may have been changed.</summary>
    /// <param name="arguments">More arguments, after its own.</param>
    /// <param name="problem">Why it may not run, in a sentence for the operator; null if it may.</param>
    public IReadOnlyList<string>? Prepare(IEnumerable<string> arguments, out string? problem)
    {
        var self = Interop.EffectiveUser;
        if (ProgramUser.Find(User, self, $"{Section}.user", out problem) is not { } user)
            return null;

        problem = TrustedPath.ProgramProblems(Path, self) is { Count: > 0 } problems ? string.Join("; ", problems) : null;
        return problem is null ? user.Command(self, [Path, .. Args, .. arguments]) : null;
    }
}
