using System.Diagnostics;
using WgFleet.Linux;

namespace WgFleet.Testing;

/// <summary>A folder for the programs of one test that only we can write to, all the way from the root, which /tmp is not.</summary>
internal sealed class ExecFolder : IDisposable
{
    public ExecFolder()
    {
        var parent = Self == 0 ? "/var/lib" : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        Path = System.IO.Path.Combine(parent, $"wg-fleet-tests-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Path);
        Chmod("0755", Path);
    }

    public static uint Self => Interop.EffectiveUser;

    /// <summary>Who runs programs in tests: the default where we may become that user.</summary>
    public static string User => Self == 0 ? "nobody" : Environment.UserName;

    public string Path { get; }

    public static void Chmod(string mode, string path) => Command("chmod", mode, path);

    public static void Command(string name, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(name, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, error);
    }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>A file of that content and mode.</summary>
    public string Write(string name, string content, string mode = "0755")
    {
        // By another process: while we had it open for writing, a process started in another test would inherit that and make it busy.
        System.IO.File.WriteAllText(File(".content"), content);
        Command("install", "-m", mode, File(".content"), File(name));
        System.IO.File.Delete(File(".content"));
        return File(name);
    }

    /// <summary>A program of these lines for /bin/sh.</summary>
    public string Script(string lines, string name = "program") => Write(name, $"#!/bin/sh\n{lines}\n");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
