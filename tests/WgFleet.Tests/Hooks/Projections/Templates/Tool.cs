using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace WgFleet.Tests.Hooks.Projections.Templates;

/// <summary>Another program, such as those that read our files: run to its end, or beside a test until that is done.</summary>
internal sealed class Tool : IDisposable
{
    private readonly Process _process;

    private Tool(Process process) => _process = process;

    public int Id => _process.Id;

    /// <summary>What it printed; fails if the program does.</summary>
    public static async Task<string> RunAsync(params string[] command)
    {
        using var process = Process.Start(Description(command))!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"{string.Join(' ', command)}:\n{await output}{await error}");
        return await output;
    }

    /// <summary>Starts it; it is killed with all its children when this is disposed of.</summary>
    public static Tool Start(params string[] command)
    {
        var process = Process.Start(Description(command))!;
        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
        return new Tool(process);
    }

    /// <summary>Writes a program of sh.</summary>
    public static string Script(string path, string text)
    {
        File.WriteAllText(path, "#!/bin/sh\n" + text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            Kill();

        _process.Dispose();
    }

    private static ProcessStartInfo Description(string[] command) => new(command[0], command[1..])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };
}
