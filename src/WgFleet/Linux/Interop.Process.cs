using System.Runtime.InteropServices;

namespace WgFleet.Linux;

/// <summary>
/// System calls to start and end programs. <see cref="System.Diagnostics.Process"/> cannot start a program in a session of its own, and
/// it reaps the process by itself, after which a signal could hit another process with the same id.
/// </summary>
internal static partial class Interop
{
    public const int SigKill = 9;
    public const int SigTerm = 15;

    private const int SigPipe = 13;
    private const int EIntr = 4;
    private const int ERange = 34;
    private const short SpawnSetSigDef = 0x04;
    private const short SpawnSetSigMask = 0x08;
    private const short SpawnSetSid = 0x80;
    private const int PPid = 1;
    private const int WNoHang = 1;
    private const int WExited = 4;
    private const int WNoWait = 0x01000000;

    /// <summary>geteuid(2).</summary>
    public static uint EffectiveUser => SysGeteuid();

    /// <summary>
    /// posix_spawn(3) into a session of its own, in the directory /, with no open file but the three, no signal blocked or ignored.
    /// Returns when the program runs, with its process id, which is also that of its group.
    /// </summary>
    /// <param name="program">An absolute path; neither PATH nor a shell is used.</param>
    /// <param name="arguments">The arguments, the program's name first.</param>
    /// <param name="environment">The whole environment, NAME=value.</param>
    /// <param name="input">Becomes its standard input.</param>
    /// <param name="output">Becomes its standard output.</param>
    /// <param name="error">Becomes its error output.</param>
    /// <exception cref="IOException">It could not be started; the message is the system's.</exception>
    public static unsafe int Spawn(
        string program, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, SafeHandle input, SafeHandle output, SafeHandle error)
    {
        // Opaque types of glibc: 80, 336 and 128 bytes.
        var actions = stackalloc long[64];
        var attributes = stackalloc long[64];
        var signals = stackalloc long[16];
        int pid;

        Check(SysActionsInit(actions));
        Check(SysAttributesInit(attributes));
        var argv = Strings(arguments);
        var envp = Strings(environment);
        try
        {
            Check(SysActionsDup2(actions, (int)input.DangerousGetHandle(), 0));
            Check(SysActionsDup2(actions, (int)output.DangerousGetHandle(), 1));
            Check(SysActionsDup2(actions, (int)error.DangerousGetHandle(), 2));
            Check(SysActionsCloseFrom(actions, 3));
            Check(SysActionsChdir(actions, "/"));

            Check(SysAttributesSetSigMask(attributes, signals));
            // .NET ignores SIGPIPE, and an ignored signal stays ignored after an exec.
            new Span<long>(signals, 16).Fill(-1);
            Check(SysAttributesSetSigDefault(attributes, signals));
            Check(SysAttributesSetFlags(attributes, SpawnSetSid | SpawnSetSigMask | SpawnSetSigDef));

            Check(SysSpawn(&pid, program, actions, attributes, argv, envp));
            return pid;
        }
        finally
        {
            Free(argv);
            Free(envp);
            _ = SysAttributesDestroy(attributes);
            _ = SysActionsDestroy(actions);
        }

        static void Check(int error)
        {
            if (error != 0)
                throw new IOException(Marshal.GetPInvokeErrorMessage(error));
        }
    }

    /// <summary>
    /// execv(3): the program runs in this process from now on, with its terminal, environment and process id. Returns only if that fails.
    /// </summary>
    /// <param name="program">A path; PATH is not used.</param>
    /// <param name="arguments">The arguments, the program's name first.</param>
    /// <returns>Why the program cannot run.</returns>
    public static unsafe IOException Execute(string program, IReadOnlyList<string> arguments)
    {
        var argv = Strings(arguments);

        // .NET ignores SIGPIPE, and an ignored signal stays ignored after an exec.
        var before = SysSignal(SigPipe, 0);
        _ = SysExecv(program, argv);
        var error = LastError(program);
        _ = SysSignal(SigPipe, before);
        Free(argv);
        return error;
    }

    /// <summary>waitid(2) with WNOWAIT: blocks until the child has ended, and leaves it to be reaped.</summary>
    public static unsafe void WaitUntilEnded(int child)
    {
        var info = stackalloc long[16];
        while (SysWaitid(PPid, child, info, WExited | WNoWait) != 0 && Marshal.GetLastPInvokeError() == EIntr)
        {
        }
    }

    /// <summary>waitpid(2): the status of a child that has ended, whose number is free from then on; null if there is no such child.</summary>
    public static unsafe int? Reap(int child)
    {
        int status;
        return SysWaitpid(child, &status, WNoHang) == child ? status : null;
    }

    /// <summary>kill(2) to all processes of a group; no error if there is none.</summary>
    public static void SignalGroup(int group, int signal) => _ = SysKill(-group, signal);

    /// <summary>getpwnam_r(3): a user's id and main group; null if there is none of that name.</summary>
    public static unsafe (uint Id, uint Group)? FindUser(string name)
    {
        // struct passwd: two pointers, then pw_uid and pw_gid.
        var entry = stackalloc long[16];
        for (var size = 1024; ; size *= 4)
        {
            void* found;
            var strings = new byte[size];
            fixed (byte* buffer = strings)
            {
                if (SysGetpwnam(name, entry, buffer, (nuint)size, &found) == ERange && size < 1 << 20)
                    continue;
            }

            var ids = (uint*)((nint*)entry + 2);
            return found == null ? null : (ids[0], ids[1]);
        }
    }

    /// <summary>A null-terminated array of C strings.</summary>
    private static unsafe nint* Strings(IReadOnlyList<string> strings)
    {
        var array = (nint*)NativeMemory.AllocZeroed((nuint)strings.Count + 1, (nuint)sizeof(nint));
        for (var i = 0; i < strings.Count; i++)
            array[i] = Marshal.StringToCoTaskMemUTF8(strings[i]);

        return array;
    }

    private static unsafe void Free(nint* strings)
    {
        for (var s = strings; *s != 0; s++)
            Marshal.FreeCoTaskMem(*s);

        NativeMemory.Free(strings);
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint SysGeteuid();

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int SysSpawn(int* pid, string program, long* actions, long* attributes, nint* argv, nint* envp);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static unsafe partial int SysActionsInit(long* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static unsafe partial int SysActionsDestroy(long* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static unsafe partial int SysActionsDup2(long* actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    private static unsafe partial int SysActionsCloseFrom(long* actions, int from);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int SysActionsChdir(long* actions, string path);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static unsafe partial int SysAttributesInit(long* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static unsafe partial int SysAttributesDestroy(long* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static unsafe partial int SysAttributesSetFlags(long* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static unsafe partial int SysAttributesSetSigMask(long* attributes, long* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static unsafe partial int SysAttributesSetSigDefault(long* attributes, long* signals);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    private static unsafe partial int SysWaitid(int type, int id, long* info, int options);

    [LibraryImport("libc", EntryPoint = "waitpid")]
    private static unsafe partial int SysWaitpid(int pid, int* status, int options);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SysKill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "getpwnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int SysGetpwnam(string name, long* entry, byte* buffer, nuint size, void** found);

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int SysExecv(string program, nint* argv);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SysSignal(int signal, nint handler);
}
