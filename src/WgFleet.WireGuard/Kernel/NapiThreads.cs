namespace WgFleet.WireGuard.Kernel;

/// <summary>
/// Switches off the kernel's threaded NAPI on an interface with many peers. From about Linux 6.16 on, the kernel starts a thread
/// for each WireGuard peer; a few thousand threads exhaust kernel.threads-max, and then no program can start any more.
/// Source: the kernel's Documentation/networking/napi.rst, "Threaded NAPI", and drivers/net/wireguard/device.c.
/// </summary>
/// <param name="interfaces">The directory in which the kernel shows its interfaces.</param>
internal sealed class NapiThreads(string interfaces = "/sys/class/net")
{
    /// <summary>With this many peers or fewer, the threads stay: any machine with memory for the peers has memory for their threads.</summary>
    public const int Threshold = 1000;

    /// <summary>
    /// Ends the threads and keeps the kernel from starting more. Works only once the interface has a peer. Does nothing where the
    /// kernel has no such switch or does not permit the change; the operator must raise kernel.threads-max then.
    /// </summary>
    public void End(string interfaceName)
    {
        var threaded = Path.Combine(interfaces, interfaceName, "threaded");
        try
        {
            if (File.Exists(threaded) && File.ReadAllText(threaded).TrimEnd() != "0")
                File.WriteAllText(threaded, "0");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Tunnels work with the threads too. If a program cannot be started later, that is reported then.
        }
    }
}
