using System.Buffers;
using System.IO.Pipes;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace WgFleet.Linux;

/// <summary>
/// Writes lines to the standard input of a program that stays running. Lines that come while the program does not read are kept and written together;
/// the caller limits how many may wait. Safe for concurrent use; nothing blocks.
/// </summary>
internal sealed class ProgramInput : IDisposable
{
    /// <summary>PIPE_BUF, see pipe(7): a write of up to so many bytes is complete or fails.</summary>
    private const int Atomic = 4096;

    /// <summary>A buffer that a very long line has made larger than this is released.</summary>
    private const int LargestKept = 1024 * 1024;

    private readonly AnonymousPipeServerStream _pipe = new(PipeDirection.Out, HandleInheritability.None);
    private readonly TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private ArrayBufferWriter<byte> _waiting = new(4096);
    private ArrayBufferWriter<byte> _writing = new(4096);
    private bool _isWriting;
    private bool _isClosed;
    private long _lines;
    private long _sent;

    /// <summary>The end that becomes the program's standard input.</summary>
    public SafeHandle ProgramEnd => _pipe.ClientSafePipeHandle;

    /// <summary>Completes when the program has closed its input, or has ended, and something was written to it after that.</summary>
    public Task Broken => _broken.Task;

    /// <summary>The number of the last line that the program may have got.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Called when the program has been started: closes our copy of its end of the pipe, so that we notice when the program closes it.</summary>
    public void Start() => _pipe.DisposeLocalCopyOfClientHandle();

    /// <summary>Writes a line, now or when the program reads again.</summary>
    /// <param name="line">The line, without a line break.</param>
    /// <returns>Its number, from 1.</returns>
    public long Write(ReadOnlyMemory<byte> line)
    {
        long number;
        lock (_gate)
        {
            number = ++_lines;
            if (_isClosed)
                return number;

            _waiting.Write(line.Span);
            _waiting.Write("\n"u8);
            if (_isWriting)
                return number;

            _isWriting = true;
        }

        _ = WriteAsync();
        return number;
    }

    /// <summary>Closes the input. Lines that have not been written are dropped.</summary>
    public void Close()
    {
        lock (_gate)
            _isClosed = true;

        _pipe.Dispose();
    }

    public void Dispose() => Close();

    /// <summary>Writes the waiting lines until none is left. Never throws.</summary>
    private async Task WriteAsync()
    {
        while (Next() is var upTo and > 0)
        {
            try
            {
                await _pipe.WriteAsync(_writing.WrittenMemory);
                Volatile.Write(ref _sent, upTo);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException or SocketException)
            {
                if (_writing.WrittenCount > Atomic)
                    Volatile.Write(ref _sent, upTo);

                lock (_gate)
                {
                    if (!_isClosed)
                        _broken.TrySetResult();

                    _isClosed = true;
                }

                return;
            }
        }
    }

    /// <summary>Takes the waiting lines; returns the number of the last one, or 0 if there are none.</summary>
    private long Next()
    {
        lock (_gate)
        {
            if (_isClosed || _waiting.WrittenCount == 0)
            {
                _isWriting = false;
                return 0;
            }

            if (_writing.Capacity > LargestKept)
                _writing = new(4096);

            _writing.ResetWrittenCount();
            (_waiting, _writing) = (_writing, _waiting);
            return _lines;
        }
    }
}
