using System.Diagnostics;
using WgFleet.Linux;

namespace WgFleet.Testing;

/// <summary>A directory for the programs of one test. Unlike /tmp, it and all directories above it are writable only for us.</summary>
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

    /// <summary>The user that runs programs in tests: the default user if we may become it.</summary>
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

    /// <summary>A file with this content and mode.</summary>
    public string Write(string name, string content, string mode = "0755")
    {
        // Another process writes the file: while we had it open for writing, a process started by another test would inherit the open file, and the program would be busy.
        System.IO.File.WriteAllText(File(".content"), content);
        Command("install", "-m", mode, File(".content"), File(name));
        System.IO.File.Delete(File(".content"));
        return File(name);
    }

    /// <summary>A program for /bin/sh with these lines.</summary>
    public string Script(string lines, string name = "program") => Write(name, $"#!/bin/sh\n{lines}\n");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
