using System.Runtime.InteropServices;

namespace WgFleet.Hosting;

/// <summary>
/// Handles SIGHUP from the program's first instruction until the server does. The default action would end the process (signal(7)), and a SIGHUP that is
/// ignored, as with nohup(1), would stay ignored for ever, because .NET does not change that.
/// </summary>
internal static partial class HangUp
{
    private const int SigHup = 1;

    /// <summary>Installs a handler that does nothing, so that SIGHUP does not end the process and .NET can handle it later. Returns the previous action.</summary>
    public static nint Catch() =>
        // A handler that does nothing, and may be called at any moment: getpid(2) is safe in that way (signal-safety(7)).
        SysSignal(SigHup, NativeLibrary.GetExport(NativeLibrary.Load("libc", typeof(HangUp).Assembly, null), "getpid"));

    /// <summary>Restores the previous action.</summary>
    public static void Restore(nint before) => _ = SysSignal(SigHup, before);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SysSignal(int signal, nint handler);
}
