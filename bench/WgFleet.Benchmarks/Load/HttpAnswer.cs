using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace WgFleet.Benchmarks.Load;

/// <summary>Reads just enough of an HTTP/1.1 answer to know where it ends: RFC 9112, section 6.</summary>
internal static class HttpAnswer
{
    /// <summary>The status once all of the answer is there; null before.</summary>
    /// <exception cref="IOException">The answer does not say where it ends.</exception>
    public static int? StatusIfWhole(ReadOnlySpan<byte> received)
    {
        var headLength = received.IndexOf("\r\n\r\n"u8);
        if (headLength < 0)
            return null;

        var head = received[..(headLength + 2)];
        var body = received[(headLength + 4)..];
        if (!head.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(head[9..], out int status, out _))
            throw new IOException($"not an HTTP answer: {Encoding.ASCII.GetString(head[..Math.Min(80, head.Length)])}");

        if (Header(head, "\r\nContent-Length: "u8) is { Length: > 0 } length && Utf8Parser.TryParse(length, out int bytes, out _))
            return body.Length >= bytes ? status : null;

        if (Header(head, "\r\nTransfer-Encoding: "u8).StartsWith("chunked"u8))
            return HasLastChunk(body) ? status : null;

        throw new IOException($"an answer of status {status.ToString(CultureInfo.InvariantCulture)} without length");
    }

    private static ReadOnlySpan<byte> Header(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        var at = head.IndexOf(name);
        return at < 0 ? default : head[(at + name.Length)..];
    }

    private static bool HasLastChunk(ReadOnlySpan<byte> body)
    {
        while (body.IndexOf("\r\n"u8) is > 0 and var line && Utf8Parser.TryParse(body[..line], out int size, out _, 'x'))
        {
            var chunk = line + 2 + size + 2;
            if (chunk > body.Length)
                return false;

            if (size == 0)
                return true;

            body = body[chunk..];
        }

        return false;
    }
}
