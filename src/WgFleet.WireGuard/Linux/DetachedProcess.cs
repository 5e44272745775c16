using System.Collections;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace WgFleet.WireGuard.Linux;

/// <summary>
/// Runs a program in a session of its own and waits for it. Processes that it leaves behind keep running when this process ends,
/// and may keep the output open. .NET's own Process cannot start a session.
/// </summary>
internal static partial class DetachedProcess
{
    private const int MaxOutput = 16 * 1024;

    /// <summary>How a program ended.</summary>
    /// <param name="StartError">The error number if the program could not be started.</param>
    /// <param name="ExitCode">The exit code; 128 and more for a signal; null if it did not start.</param>
    /// <param name="Output">The first 16 KiB of output and errors.</param>
    public sealed record Result(int? StartError, int? ExitCode, string Output);

    /// <summary>Runs a program that the PATH finds, with /dev/null as its input.</summary>
    /// <param name="program">The program's name or path.</param>
    /// <param name="arguments">The arguments after the program's name.</param>
    /// <param name="keepVariable">Selects the environment variables that the program gets.</param>
    /// <param name="cancellationToken">Kills the program, but not what it left behind in other sessions.</param>
    public static async Task<Result> RunAsync(
        string program, IReadOnlyList<string> arguments, Predicate<string> keepVariable, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // A file in memory and not a pipe: a process left behind may write to it at any time.
        using var output = MemoryFile("output", CloseOnExec);
        var error = Spawn(program, arguments, keepVariable, output, out var process);
        if (error != 0)
            return new Result(error, null, "");

        int exitCode;
        await using (cancellationToken.UnsafeRegister(static state => _ = Kill(-(int)state!, SigKill), process))
            exitCode = await Task.Factory.StartNew(() => WaitFor(process), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        cancellationToken.ThrowIfCancellationRequested();
        var bytes = new byte[MaxOutput];
        return new Result(null, exitCode, Encoding.UTF8.GetString(bytes, 0, RandomAccess.Read(output, bytes, 0)));
    }

    private static unsafe int Spawn(string program, IReadOnlyList<string> arguments, Predicate<string> keepVariable, SafeFileHandle output, out int process)
    {
        using var argv = new StringArray([program, .. arguments]);
        using var envp = new StringArray(Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(variable => keepVariable((string)variable.Key)).Select(variable => $"{variable.Key}={variable.Value}"));

        // Both structs are shorter than this in every libc: 336 and 80 bytes in glibc.
        var attributes = stackalloc byte[1024];
        var actions = stackalloc byte[1024];
        var allSignals = stackalloc byte[128];
        var noSignals = stackalloc byte[128];
        new Span<byte>(allSignals, 128).Fill(0xff);
        new Span<byte>(noSignals, 128).Clear();
        Check(InitAttributes(attributes));
        Check(InitActions(actions));
        try
        {
            // .NET ignores SIGPIPE, and the program must not inherit that.
            Check(SetSignalDefaults(attributes, allSignals));
            Check(SetSignalMask(attributes, noSignals));
            Check(SetFlags(attributes, SetSession | SetDefaults | SetMask));
            Check(AddOpen(actions, 0, "/dev/null", 0, 0));
            var file = (int)output.DangerousGetHandle();
            Check(AddDuplicate(actions, file, 1));
            Check(AddDuplicate(actions, file, 2));
            return SpawnProgram(out process, program, actions, attributes, argv.Pointer, envp.Pointer);
        }
        finally
        {
            _ = DestroyActions(actions);
            _ = DestroyAttributes(attributes);
        }
    }

    private static int WaitFor(int process)
    {
        int status;
        while (WaitForProcess(process, out status, 0) < 0)
        {
            // As process 1 of a container .NET waits for every child and may have been faster; the caller finds out in another way whether the program succeeded.
            if (Marshal.GetLastPInvokeError() != Errno.Interrupted)
                return 0;
        }

        var signal = status & 0x7f;
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal;
    }

    private static void Check(int error)
    {
        if (error != 0)
            throw new IOException($"cannot prepare a process: {Errno.Describe(error)}");
    }

    /// <summary>A null-terminated array of C strings.</summary>
    private sealed unsafe class StringArray : IDisposable
    {
        private readonly nint[] _strings;
        private GCHandle _pinned;

        public StringArray(IEnumerable<string> strings)
        {
            _strings = [.. strings.Select(Marshal.StringToCoTaskMemUTF8), 0];
            _pinned = GCHandle.Alloc(_strings, GCHandleType.Pinned);
        }

        public nint* Pointer => (nint*)_pinned.AddrOfPinnedObject();

        public void Dispose()
        {
            _pinned.Free();
            foreach (var text in _strings)
                Marshal.FreeCoTaskMem(text);
        }
    }
}
