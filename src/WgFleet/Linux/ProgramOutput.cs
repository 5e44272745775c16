using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace WgFleet.Linux;

/// <summary>
/// Reads the two outputs of a program on one thread, so that their order is known: what the program wrote to its error output before it wrote
/// something to its standard output is passed on first. With two threads, the order would be random.
/// </summary>
internal sealed class ProgramOutput : IDisposable
{
    private const int BufferSize = 64 * 1024;

    /// <summary>A pipe holds 64 KiB, so after so many reads everything that was in it before has been read, even if a program never stops writing.</summary>
    private const int MostReads = 16;

    private readonly AnonymousPipeServerStream _output = new(PipeDirection.In, HandleInheritability.None);
    private readonly AnonymousPipeServerStream _error = new(PipeDirection.In, HandleInheritability.None);

    // We close our side to wake the thread.
    private readonly AnonymousPipeServerStream _leave = new(PipeDirection.In, HandleInheritability.None);
    private readonly AnonymousPipeClientStream _wake;
    private readonly TaskCompletionSource _outputClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ProgramOutput() => _wake = new AnonymousPipeClientStream(PipeDirection.Out, _leave.ClientSafePipeHandle);

    /// <summary>The end that becomes the program's standard output.</summary>
    public SafeHandle OutputEnd => _output.ClientSafePipeHandle;

    /// <summary>The end that becomes the program's error output.</summary>
    public SafeHandle ErrorEnd => _error.ClientSafePipeHandle;

    /// <summary>Completes when every process that could write to the standard output has closed it or ended.</summary>
    public Task OutputClosed => _outputClosed.Task;

    /// <summary>Completes when both outputs are closed, or after <see cref="Leave"/>; after that nothing is passed on.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Starts to read. The program must have been started: our copies of its ends are closed, so that the pipes end when the program ends.</summary>
    /// <param name="name">The thread's name, of up to 15 characters.</param>
    /// <param name="output">Called on the thread with bytes of the standard output; must not throw.</param>
    /// <param name="error">The same for the error output.</param>
    /// <exception cref="IOException">There are no more threads.</exception>
    public void Start(string name, Action<ReadOnlySpan<byte>> output, Action<ReadOnlySpan<byte>> error)
    {
        _output.DisposeLocalCopyOfClientHandle();
        _error.DisposeLocalCopyOfClientHandle();
        Interop.MakeNonBlocking(_output.SafePipeHandle);
        Interop.MakeNonBlocking(_error.SafePipeHandle);
        try
        {
            new Thread(() => Run(output, error), maxStackSize: 256 * 1024) { IsBackground = true, Name = name }.Start();
        }
        catch (OutOfMemoryException e)
        {
            // .NET throws this at the limit of threads.
            throw new IOException("no thread to read its output", e);
        }
    }

    /// <summary>Stops reading, because a process that has left the program's session may keep the outputs open for ever.</summary>
    public void Leave() => _wake.Dispose();

    /// <summary>Closes the pipes. Call it after <see cref="Ended"/>, or if the thread was never started.</summary>
    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
        _wake.Dispose();
        _leave.Dispose();
    }

    private void Run(Action<ReadOnlySpan<byte>> output, Action<ReadOnlySpan<byte>> error)
    {
        var buffer = new byte[BufferSize];
        var errors = new byte[BufferSize / 4];
        var (outputFile, errorFile, leaveFile) = ((int)_output.SafePipeHandle.DangerousGetHandle(), (int)_error.SafePipeHandle.DangerousGetHandle(), (int)_leave.SafePipeHandle.DangerousGetHandle());
        Span<bool> ready = stackalloc bool[3];
        while (outputFile >= 0 || errorFile >= 0)
        {
            Interop.WaitUntilReadable([outputFile, errorFile, leaveFile], ready);
            if (ready[2])
                break;

            // Read first, but passed on after the errors: all errors that are in the pipe now were written before this, or have just been written.
            var read = ready[0] ? Interop.ReadNow(_output.SafePipeHandle, buffer) : -1;
            var (reads, errorRead) = (0, -1);
            while (errorFile >= 0 && reads++ < MostReads && (errorRead = Interop.ReadNow(_error.SafePipeHandle, errors)) > 0)
                error(errors.AsSpan(0, errorRead));

            if (errorRead == 0)
                errorFile = -1;

            if (read > 0)
                output(buffer.AsSpan(0, read));

            if (read != 0)
                continue;

            outputFile = -1;
            _outputClosed.TrySetResult();
        }

        _outputClosed.TrySetResult();
        _ended.TrySetResult();
    }
}
