using System.Net;
using System.Net.Sockets;

namespace WgFleet.Hooks.Deliveries.Webhook;

/// <summary>Looks up the addresses of a name. A delegate, so that tests can replace DNS.</summary>
/// <exception cref="SocketException">The name does not exist, or no name server answers.</exception>
internal delegate Task<IPAddress[]> HostResolver(string host, CancellationToken cancellationToken);

/// <summary>
/// Opens the connections of a webhook. It looks a name up once, checks the addresses and connects to one of exactly these: a
/// second look-up could return others, which were not checked.
/// </summary>
/// <param name="policy">Decides which addresses are allowed.</param>
/// <param name="resolve">Looks up names.</param>
/// <param name="timeout">Time limit for a connection, divided equally among the addresses of the name.</param>
internal sealed class CheckedConnector(AddressPolicy policy, HostResolver resolve, TimeSpan timeout)
{
    /// <summary>Connects to the first allowed address that answers.</summary>
    /// <exception cref="WebhookException">The name has no address, the policy allows none, or the last one did not answer in time.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host, out var literal)
            ? [literal]
            : await resolve(host, cancellationToken).WaitAsync(cancellationToken);
        if (addresses.Length == 0)
            throw new WebhookException($"{host} has no address");

        var refusals = addresses.Select(policy.Refusal).ToArray();
        var allowed = addresses.Where((_, i) => refusals[i] is null).ToArray();
        if (allowed.Length == 0)
            throw new WebhookException($"not connected to {host}: {string.Join("; ", refusals)}");

        for (var i = 0; ; i++)
        {
            try
            {
                return await ConnectAsync(allowed[i], port, timeout / allowed.Length, cancellationToken);
            }
            catch (Exception e) when (e is SocketException or WebhookException && i + 1 < allowed.Length)
            {
                // Try the next address. The failure of the last one is reported.
            }
        }
    }

    private static async Task<Stream> ConnectAsync(IPAddress address, int port, TimeSpan timeout, CancellationToken cancellationToken)
    {
        // Our IPv6 sockets do not accept IPv4-mapped addresses.
        var target = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(target, port), limit.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw new WebhookException($"no connection to {new IPEndPoint(target, port)} within {timeout.TotalSeconds:0.###} s");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
