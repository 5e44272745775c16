using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Access;
using WgFleet.Testing;

namespace WgFleet.Benchmarks.Costs;

/// <summary>Bytes for a ping that changes nothing, compared with a handler that only reads the same body and makes a string of it.</summary>
internal static class PingCost
{
    private const int Pings = 10_000;
    private static readonly byte[] Text = """{"hostname":"machine-17"}"""u8.ToArray();

    public static async Task<Cost> MeasureAsync()
    {
        await using var server = await TestServer.StartAsync();
        var client = await server.JoinAsync();
        if ((await server.PingAsync(Text, $"{client.Address}")).Status != StatusCodes.Status200OK)
            throw new InvalidOperationException("the first ping was refused");

        var ping = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Single(e => e.RoutePattern.RawText == "/fleet/{fleet}/ping").RequestDelegate!;
        var context = new DefaultHttpContext { RequestServices = server.Services };
        context.Features.Set<IRequestBodyPipeFeature>(new Body());
        context.Request.Method = "POST";
        context.Request.ContentType = "application/json";
        context.Request.RouteValues["fleet"] = "alpha";
        context.Features.Set(new SourceAddress(client.Address));

        var ours = Each(() => ping(context));
        if (context.Response.StatusCode != StatusCodes.Status200OK)
            throw new InvalidOperationException($"a ping was answered with status {context.Response.StatusCode}");

        return new Cost("bytes of a ping", ours, Each(() => ReadAsync(context.Request)));
    }

    private static async Task ReadAsync(HttpRequest request)
    {
        var read = await request.BodyReader.ReadAsync();
        var text = Encoding.UTF8.GetString(read.Buffer.ToArray());
        request.HttpContext.Items["text"] = text;
        request.BodyReader.AdvanceTo(read.Buffer.End);
    }

    /// <summary>Bytes for each call, after as many calls that compile the code and fill its pools.</summary>
    private static double Each(Func<Task> work)
    {
        Run();
        return (double)Cost.Allocated(Run) / Pings;

        void Run()
        {
            for (var i = 0; i < Pings; i++)
            {
                if (!work().IsCompletedSuccessfully)
                    throw new InvalidOperationException("the work did not end at once, so its bytes cannot be counted on this thread");
            }
        }
    }

    /// <summary>A body that is complete at once, and can be read again and again.</summary>
    private sealed class Body : PipeReader, IRequestBodyPipeFeature
    {
        public PipeReader Reader => this;

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            new(new ReadResult(new ReadOnlySequence<byte>(Text), isCanceled: false, isCompleted: true));

        public override bool TryRead(out ReadResult result) => throw new NotSupportedException();

        public override void AdvanceTo(SequencePosition consumed)
        {
        }

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
        }

        public override void CancelPendingRead()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }
    }
}
