using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace WgFleet.Testing;

/// <summary>The library for hooks as a NuGet package in a directory of its own, with a version of its own, since packages of one version are kept for ever.</summary>
internal sealed class HooksPackage : IDisposable
{
    private readonly Folder _folder = new();

    public HooksPackage()
    {
        Version = $"0.0.0-test.{Guid.NewGuid():N}";
        Run(Path.Combine(Root(), "packaging/pack-hooks"), _folder.Path, $"-p:Version={Version}");
    }

    public string Version { get; }

    /// <summary>Has a program in C# use this package.</summary>
    /// <param name="nugetConfig">The file that names the source of the shipped package.</param>
    /// <param name="program">The program.</param>
    public void Use(string nugetConfig, string program)
    {
        File.WriteAllText(nugetConfig, File.ReadAllText(nugetConfig).Replace("/usr/share/wg-fleet/nuget", _folder.Path, StringComparison.Ordinal));
        var text = File.ReadAllText(program);
        var at = text.IndexOf("#:package WgFleet.Hooks@", StringComparison.Ordinal);
        at.ShouldBeGreaterThan(0);
        File.WriteAllText(program, text[..at] + $"#:package WgFleet.Hooks@{Version}" + text[text.IndexOf('\n', at)..]);
    }

    public void Dispose()
    {
        var kept = Path.Combine(Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget/packages"), "wgfleet.hooks", Version);
        if (Directory.Exists(kept))
            Directory.Delete(kept, recursive: true);

        _folder.Dispose();
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, said);
    }

    private static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "../.."));
}
