namespace WgFleet.Benchmarks.Gateways;

/// <summary>The directory of a user's programs. Only root can write to it and to those above it, as the server requires.</summary>
internal sealed class UserHooks : IDisposable
{
    private const string Root = "/run/bench-hooks";
    private const UnixFileMode RootsOwn =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    public UserHooks()
    {
        // /run is a new tmpfs for this program; at first everybody may write to it.
        File.SetUnixFileMode("/run", RootsOwn);
        Directory.CreateDirectory(Root, RootsOwn);
    }

    public static string PathOf(string name) => Path.Combine(Root, name);

    /// <summary>Writes a program; returns its path.</summary>
    public static string Program(string name, string script, string interpreter = "/bin/sh")
    {
        var path = PathOf(name);
        File.WriteAllText(path, $"#!{interpreter}\n{script}\n");
        File.SetUnixFileMode(path, RootsOwn);
        return path;
    }

    /// <summary>The lines that a hook has written to a file so far; empty if there is no such file.</summary>
    public static IReadOnlyList<string> Lines(string name) => File.Exists(PathOf(name)) ? File.ReadAllLines(PathOf(name)) : [];

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
