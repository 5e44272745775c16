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
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        var piece = new byte[4096];
        while (await context.Request.Body.ReadAsync(piece, context.RequestAborted) is var count and > 0)
        {
            buffer.Write(piece, 0, count);
            if (buffer.Length > Limit)
                throw TooLarge();
        }

        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }

    public static BadHttpRequestException TooLarge() => new("Request body too large", StatusCodes.Status413PayloadTooLarge);
}
