using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace WgFleet.Linux;

/// <summary>
/// Reports the state of the server to systemd, as sd_notify(3) does: a datagram of NAME=value lines to the socket that NOTIFY_SOCKET names.
/// Without that variable nothing is sent. A message that cannot be sent is dropped: the server does not depend on systemd.
/// </summary>
internal sealed class ServiceManager : IDisposable
{
    private readonly Socket? _socket;
    private Timer? _signsOfLife;
    private readonly UnixDomainSocketEndPoint? _address;

    /// <param name="address">A path, or the name of an abstract socket after an @ (unix(7)); null or empty if there is no service manager.</param>
    /// <param name="watchdog">The time within which systemd expects a sign of life; null if it expects none.</param>
    public ServiceManager(string? address, TimeSpan? watchdog = null)
    {
        if (address is not ['/' or '@', _, ..])
            return;

        _address = new UnixDomainSocketEndPoint(address[0] == '@' ? '\0' + address[1..] : address);
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = 1000 };
        Watchdog = watchdog;
    }

    /// <summary>The time within which systemd expects a sign of life (WatchdogSec= of the unit); null if it expects none.</summary>
    public TimeSpan? Watchdog { get; }

    /// <summary>The variables that systemd has set for this process; see sd_watchdog_enabled(3) for the last two.</summary>
    public static ServiceManager FromEnvironment() => new(
        Environment.GetEnvironmentVariable("NOTIFY_SOCKET"),
        Environment.GetEnvironmentVariable("WATCHDOG_PID") is { } pid && pid != Environment.ProcessId.ToString()
            || !long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), NumberStyles.None, null, out var microseconds)
            || microseconds == 0 ? null : TimeSpan.FromMicroseconds(microseconds));

    /// <summary>The start, or a reload, is complete: requests are answered.</summary>
    /// <param name="status">One line for people, which systemctl status shows.</param>
    public void Ready(string status) => Send($"READY=1\nSTATUS={OneLine(status)}");

    /// <summary>A reload has begun; ends with <see cref="Ready"/>.</summary>
    public void Reloading() => Send($"RELOADING=1\nMONOTONIC_USEC={Moment.Now.Microseconds}\nSTATUS=Reading the configuration again");

    /// <summary>The stop has begun.</summary>
    public void Stopping() => Send("STOPPING=1\nSTATUS=Stopping");

    /// <summary>One line for people, which systemctl status shows.</summary>
    public void Status(string status) => Send($"STATUS={OneLine(status)}");

    /// <summary>
    /// Sends signs of life from now on, as often as the watchdog expects them, from the thread pool: a process whose pool has no free thread hangs.
    /// </summary>
    public void StayAlive()
    {
        if (Watchdog is { } within && _socket is not null)
            _signsOfLife ??= new Timer(_ => Send("WATCHDOG=1"), null, TimeSpan.Zero, within / 3);
    }

    public void Dispose()
    {
        _signsOfLife?.Dispose();
        _socket?.Dispose();
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private void Send(string message)
    {
        try
        {
            _socket?.SendTo(Encoding.UTF8.GetBytes(message), _address!);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Nobody listens on the socket any longer, or nobody reads it.
        }
    }
}
