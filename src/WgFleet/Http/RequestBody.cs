using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace WgFleet.Http;

/// <summary>Reads request bodies up to a limit that counts their content, not the frames of chunks, which Kestrel's limit would count.</summary>
internal static class RequestBody
{
    /// <summary>The most bytes of a body.</summary>
    public const int Limit = 64 * 1024;

    /// <summary>Kestrel's own limit, with room for the frames of chunks.</summary>
    public const long LimitWithFrames = 8 * Limit;

    /// <summary>After routing: refuses a body that says that it is larger than its endpoint takes.</summary>
    public static void UseBodyLimit(this WebApplication app) => app.Use((context, next) =>
        context.Request.ContentLength > (context.GetEndpoint()?.Metadata.GetMetadata<TakesFile>()?.Limit ?? Limit) ? throw TooLarge() : next(context));

    /// <summary>All of the body; empty if there is none.</summary>
    /// <param name="context">The request.</param>
    /// <param name="limit">The most bytes. More than <see cref="Limit"/> is for endpoints with <see cref="TakesFile"/>.</param>
    /// <exception cref="BadHttpRequestException">The body is too large or ends early.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, int limit = Limit)
    {
        if (limit > Limit && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } kestrel)
            kestrel.MaxRequestBodySize = limit + LimitWithFrames;

        var reader = context.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(context.RequestAborted);
            var body = result.Buffer;
            var isTooLarge = body.Length > limit;
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

/// <summary>Marks an endpoint that takes a file, which may be larger than other bodies.</summary>
/// <param name="Limit">The most bytes.</param>
internal sealed record TakesFile(int Limit);
