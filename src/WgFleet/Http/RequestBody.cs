using System.Buffers;

namespace WgFleet.Http;

/// <summary>Reads request bodies up to the limit, counting what they say and not how many chunks they come in, as Kestrel would.</summary>
internal static class RequestBody
{
    /// <summary>Bytes of a request's body.</summary>
    public const int Limit = 64 * 1024;

    /// <summary>What Kestrel is to let through: a limit all the same, with room for the frames of chunks.</summary>
    public const long LimitWithFrames = 8 * Limit;

    /// <summary>All of the body; empty if there is none.</summary>
    /// <exception cref="BadHttpRequestException">It is too large or ends early.</exception>
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
