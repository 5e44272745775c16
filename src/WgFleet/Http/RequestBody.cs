using System.Buffers;

namespace WgFleet.Http;

/// <summary>Reads request bodies up to a limit that counts their content, not the frames of chunks, which Kestrel's limit would count.</summary>
internal static class RequestBody
{
    /// <summary>The most bytes of a body.</summary>
    public const int Limit = 64 * 1024;

    /// <summary>Kestrel's own limit, with room for the frames of chunks.</summary>
    public const long LimitWithFrames = 8 * Limit;

    /// <summary>All of the body; empty if there is none.</summary>
    /// <exception cref="BadHttpRequestException">The body is too large or ends early.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(context.RequestAborted);
            var body = result.Buffer;
            var isTooLarge = body.Length > Limit;
            var bytes = result.IsCompleted && !isTooLarge ? body.ToArray() : null;
            reader.AdvanceTo(bytes is null ? body.Start : body.End, body.End);
            if (isTooLarge)
                throw TooLarge();

            if (bytes is not null)
                return bytes;
        }
    }

    public static BadHttpRequestException TooLarge() => new("Request body too large", StatusCodes.Status413PayloadTooLarge);
}
