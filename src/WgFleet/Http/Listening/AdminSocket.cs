using System.Net.Sockets;
using WgFleet.Linux;

namespace WgFleet.Http.Listening;

/// <summary>The admin socket: a unix socket that only its owner (root) can open. A server that cannot make it serves its fleets without.</summary>
internal sealed class AdminSocket : IDisposable
{
    private const int TypeOf = 0xF000;
    private const int SocketKind = 0xC000;

    private const UnixFileMode FolderMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    public AdminSocket(string path)
    {
        FilePath = path;
        try
        {
            Socket = Bind(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException or ArgumentException)
        {
            Problem = e.Message;
        }
    }

    public string FilePath { get; }

    /// <summary>Bound, not yet listening; null if there is a <see cref="Problem"/>.</summary>
    public Socket? Socket { get; }

    /// <summary>Why there is no socket; null if there is one.</summary>
    public string? Problem { get; }

    /// <summary>Closes the socket, which removes its file.</summary>
    public void Dispose() => Socket?.Dispose();

    private static Socket Bind(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);

            // The umask would cut a mode that is given at creation.
            File.SetUnixFileMode(folder, FolderMode);
        }

        RemoveStale(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // Nobody can connect before the mode is set: the socket does not listen yet.
            socket.Bind(new UnixDomainSocketEndPoint(path));
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Removes the file of a server that was killed.</summary>
    private static void RemoveStale(string path)
    {
        if (!Path.Exists(path))
            return;

        if ((Interop.StatusOf(path).Mode & TypeOf) != SocketKind)
            throw new IOException($"{path} is there and not a socket; remove it, or set 'admin_socket' in the config");

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return;
        }

        throw new IOException($"another server listens on {path}; set 'admin_socket' in the config");
    }
}
