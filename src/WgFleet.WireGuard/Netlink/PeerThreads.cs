namespace WgFleet.WireGuard.Netlink;

/// <summary>
/// The threads that Linux starts for each peer, from 6.16 or thereabouts on: a kernel has room for a few thousand, and then
/// nobody can start a program any more. An interface with more peers than <see cref="Many"/> does without, as on older kernels.
/// Source: the kernel's Documentation/networking/napi.rst, "Threaded NAPI", and drivers/net/wireguard/device.c.
/// </summary>
/// <param name="interfaces">Where the kernel shows its interfaces as folders.</param>
internal sealed class PeerThreads(string interfaces = "/sys/class/net")
{
    /// <summary>So many threads are no burden to any machine that can have so many peers.</summary>
    public const int Many = 1000;

    /// <summary>
    /// Ends them, and lets no more be started. The interface has to have a peer already. Does nothing where the kernel has no such
    /// switch or does not let us: then its own limit, kernel.threads-max, has to be raised.
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
            // Tunnels work with them too; what is not possible then is told by whoever fails to start a program.
        }
    }
}
