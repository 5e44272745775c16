using System.Net;
using System.Net.Sockets;

namespace WgFleet.Cli.Rehearsals;

/// <summary>Answers each request of a rehearsal's webhooks with 204 at once.</summary>
internal sealed class WebhookReceiver(IPEndPoint at)
{
    private static readonly byte[] Answer = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"u8.ToArray();

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var listener = new TcpListener(at);
        listener.Start();
        try
        {
            while (true)
                _ = AnswerAsync(await listener.AcceptTcpClientAsync(cancellationToken), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The rehearsal is over.
        }
    }

    private static async Task AnswerAsync(TcpClient client, CancellationToken cancellationToken)
    {
        using (client)
        {
            try
            {
                await ReadRequestAsync(client.GetStream(), cancellationToken);
                await client.GetStream().WriteAsync(Answer, cancellationToken);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or FormatException)
            {
                // The gateway was killed in the middle, or the rehearsal is over.
            }
        }
    }

    /// <summary>Reads to the end of the body, so that closing the connection does not reset it.</summary>
    private static async Task ReadRequestAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream, System.Text.Encoding.Latin1, leaveOpen: true);
        var left = 0;
        while (await reader.ReadLineAsync(cancellationToken) is { Length: > 0 } line)
        {
            if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                left = int.Parse(line.AsSpan("Content-Length:".Length), provider: System.Globalization.CultureInfo.InvariantCulture);
        }

        var buffer = new char[4096];
        while (left > 0 && await reader.ReadAsync(buffer.AsMemory(0, Math.Min(left, buffer.Length)), cancellationToken) is > 0 and var read)
            left -= read;
    }
}
