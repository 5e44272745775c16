using WgFleet.Linux;

namespace WgFleet.Hooks.Programs;

/// <summary>The user that a hook's program runs as, and the command that switches to this user.</summary>
internal sealed record ProgramUser(string Name, uint Id, uint Group)
{
    /// <summary>Part of util-linux, which every Debian has. Unlike sudo it becomes the program and keeps its process id.</summary>
    private const string SetPriv = "/usr/bin/setpriv";

    /// <summary>Finds the user with this name; null if programs cannot run as this user.</summary>
    /// <param name="name">The name in the user database.</param>
    /// <param name="self">The id of the user that the server runs as.</param>
    /// <param name="key">The key in the configuration that names the user.</param>
    /// <param name="problem">Why programs cannot run as this user, in a sentence for the operator; null if they can.</param>
    public static ProgramUser? Find(string name, uint self, string key, out string? problem)
    {
        problem = null;
        if (name.Contains('\0') || Interop.FindUser(name) is not { } found)
            problem = $"there is no user '{name}'; create it, or set {key}";
        else if (found.Id == 0 && name != "root")
            problem = $"user '{name}' is root by another name; write 'user: root' if that is meant";
        else if (self != 0 && found.Id != self)
            problem = $"programs cannot run as '{name}', since wg-fleet is not root; run wg-fleet as root, or set {key} to its own user";
        else if (found.Id != self && !File.Exists(SetPriv))
            problem = $"programs cannot run as '{name}' without {SetPriv}; install util-linux";
        else
            return new ProgramUser(name, found.Id, found.Group);

        return null;
    }

    /// <summary>
    /// The command that runs <paramref name="arguments"/>, a program and its arguments, as this user, and so that the kernel kills the program when the
    /// server is killed (PR_SET_PDEATHSIG). Without setpriv only a crash leaves it running, until the next start.
    /// </summary>
    public IReadOnlyList<string> Command(uint self, IReadOnlyList<string> arguments) => (Id == self, File.Exists(SetPriv)) switch
    {
        (true, false) => arguments,
        (true, true) => [SetPriv, "--pdeathsig=KILL", "--", .. arguments],
        _ => [SetPriv, $"--reuid={Id}", $"--regid={Group}", "--init-groups", "--pdeathsig=KILL", "--", .. arguments],
    };
}
