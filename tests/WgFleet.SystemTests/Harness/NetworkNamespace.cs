using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace WgFleet.SystemTests.Harness;

/// <summary>Makes sockets in another network namespace. A socket stays in the namespace it was made in, whoever uses it.</summary>
internal sealed partial class NetworkNamespace(int pid) : IDisposable
{
    private const int NewNet = 0x40000000;

    private readonly SafeFileHandle _handle = File.OpenHandle($"/proc/{pid}/ns/net");

    /// <summary>Runs on a thread of its own that is in the namespace and ends afterwards: setns(2) is for one thread.</summary>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                if (SetNamespace(_handle, NewNet) != 0)
                    throw new InvalidOperationException($"setns: error {Marshal.GetLastPInvokeError()}");

                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        })
        { IsBackground = true }.Start();
        return done.Task;
    }

    public async Task<Socket> ConnectAsync(IPEndPoint to, CancellationToken cancellationToken)
    {
        var socket = await RunAsync(() => new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        try
        {
            await socket.ConnectAsync(to, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public Task<TcpListener> ListenAsync(IPEndPoint at) => RunAsync(() =>
    {
        var listener = new TcpListener(at);
        listener.Start();
        return listener;
    });

    public void Dispose() => _handle.Dispose();

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle handle, int kind);
}
