using System.Net.Sockets;
using WgFleet.Linux;

namespace WgFleet.Http.Listening;

/// <summary>The unix socket for operators: bound early, open to its owner alone. A server without it serves its fleets all the same.</summary>
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

    /// <summary>Why there is none; null if there is.</summary>
    public string? Problem { get; }

    /// <summary>Closes it, which removes its file.</summary>
    public void Dispose() => Socket?.Dispose();

    private static Socket Bind(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);

            // Again: a mode given at creation is cut by the umask.
            File.SetUnixFileMode(folder, FolderMode);
        }

        RemoveStale(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // Nobody can connect in between: it does not listen yet.
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

    /// <summary>Removes what a server leaves that was killed.</summary>
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
