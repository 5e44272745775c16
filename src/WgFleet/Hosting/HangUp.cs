using System.Runtime.InteropServices;

namespace WgFleet.Hosting;

/// <summary>
/// What SIGHUP does while the program begins, when nobody reads it yet: by default it would end the process (signal(7)), and .NET leaves one that is
/// ignored, as by nohup(1), ignored for ever.
/// </summary>
internal static partial class HangUp
{
    private const int SigHup = 1;

    /// <summary>From now on SIGHUP ends nothing, and is .NET's to handle. Returns what was before.</summary>
    public static nint Catch() =>
        // A handler that does nothing, and may be called at any moment: getpid(2) is safe in that way (signal-safety(7)).
        SysSignal(SigHup, NativeLibrary.GetExport(NativeLibrary.Load("libc", typeof(HangUp).Assembly, null), "getpid"));

    /// <summary>Puts back what was before.</summary>
    public static void Restore(nint before) => _ = SysSignal(SigHup, before);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SysSignal(int signal, nint handler);
}
