using WgFleet.Linux;

namespace WgFleet.Hooks.Deliveries.Exec;

/// <summary>The user a hook's program runs as, and how it becomes that user.</summary>
internal sealed record ExecUser(string Name, uint Id, uint Group)
{
    /// <summary>Of util-linux, which every Debian has; unlike sudo it stays the same process.</summary>
    private const string SetPriv = "/usr/bin/setpriv";

    /// <summary>Finds the user of that name; null, with the sentence an operator reads, when programs cannot run as it.</summary>
    /// <param name="name">The name in the user database.</param>
    /// <param name="self">The user we are.</param>
    /// <param name="problem">Why not.</param>
    public static ExecUser? Find(string name, uint self, out string? problem)
    {
        problem = null;
        if (name.Contains('\0') || Interop.FindUser(name) is not { } found)
            problem = $"there is no user '{name}'; create it, or set exec.user";
        else if (found.Id == 0 && name != "root")
            problem = $"user '{name}' is root by another name; write 'user: root' if that is meant";
        else if (self != 0 && found.Id != self)
            problem = $"programs cannot run as '{name}', since wg-fleet is not root; run wg-fleet as root, or set exec.user to its own user";
        else if (found.Id != self && !File.Exists(SetPriv))
            problem = $"programs cannot run as '{name}' without {SetPriv}; install util-linux";
        else
            return new ExecUser(name, found.Id, found.Group);

        return null;
    }

    /// <summary>What to start so that <paramref name="arguments"/>, a program and what it is given, run as this user.</summary>
    public IReadOnlyList<string> Command(uint self, IReadOnlyList<string> arguments) =>
        Id == self ? arguments : [SetPriv, $"--reuid={Id}", $"--regid={Group}", "--init-groups", "--", .. arguments];
}
