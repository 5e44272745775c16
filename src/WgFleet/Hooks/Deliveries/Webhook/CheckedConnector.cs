using System.Net;
using System.Net.Sockets;

namespace WgFleet.Hooks.Deliveries.Webhook;

/// <summary>Looks up the addresses of a name; a delegate, so that tests can stand in for DNS.</summary>
/// <exception cref="SocketException">There is no such name, or nobody answers.</exception>
internal delegate Task<IPAddress[]> HostResolver(string host, CancellationToken cancellationToken);

/// <summary>
/// Opens the connections of a webhook. A name is looked up once, and the very addresses that were checked are connected to: a
/// second look-up could bring others.
/// </summary>
/// <param name="timeout">For a connection, shared by the addresses of a name.</param>
internal sealed class CheckedConnector(AddressPolicy policy, HostResolver resolve, TimeSpan timeout)
{
    /// <exception cref="WebhookException">The policy allows none of the addresses.</exception>
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
                // The next address may answer; the last one's failure is told.
            }
        }
    }

    private static async Task<Stream> ConnectAsync(IPAddress address, int port, TimeSpan timeout, CancellationToken cancellationToken)
    {
        // An IPv6 socket does not take an IPv4-mapped address.
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
