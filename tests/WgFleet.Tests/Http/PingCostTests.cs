using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Store.Engine;

namespace WgFleet.Tests.Http;

/// <summary>What the hottest request may cost: the ping that changes nothing. Times are measured by bench/run.</summary>
[Collection(nameof(WholeProcess))]
public class PingCostTests
{
    private const int Pings = 10_000;

    // The body and the name, each for itself; without optimisation every asynchronous method that is called makes an object too.
#if DEBUG
    private const int Bytes = 1500;
#else
    private const int Bytes = 200;
#endif

    [Fact]
    public async Task A_ping_that_changes_nothing_allocates_its_body_and_its_name_and_uses_no_database()
    {
        await using var server = await TestServer.StartAsync();
        var member = await server.JoinAsync();
        (await server.PingAsync("""{"hostname":"machine-17"}""", $"{member.Address}")).Status.ShouldBe(200);
        var ping = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Single(e => e.RoutePattern.RawText == "/fleet/{fleet}/ping").RequestDelegate!;
        var context = new DefaultHttpContext { RequestServices = server.Services };
        context.Features.Set<IRequestBodyPipeFeature>(new Body("""{"hostname":"machine-17"}"""u8.ToArray()));
        context.Request.Method = "POST";
        context.Request.ContentType = "application/json";
        context.Request.RouteValues["fleet"] = "alpha";
        context.Connection.RemoteIpAddress = member.Address;

        // Whoever needed the database meanwhile would wait for ever.
        var each = 0L;
        var pinging = new Thread(() => each = Allocated(() => ping(context))) { IsBackground = true };
        server.Services.GetRequiredService<Database>().Write(_ =>
        {
            pinging.Start();
            return pinging.Join(TimeSpan.FromSeconds(60));
        }).ShouldBeTrue();

        context.Response.StatusCode.ShouldBe(200);
        each.ShouldBeInRange(1, Bytes, "bytes for each ping");
    }

    /// <summary>Bytes for each call of a request's work, when all is compiled and pooled; -1 if it waits for something.</summary>
    private static long Allocated(Func<Task> work)
    {
        var before = 0L;
        for (var i = 0; i < 2 * Pings; i++)
        {
            if (i == Pings)
                before = GC.GetAllocatedBytesForCurrentThread();

            if (!work().IsCompletedSuccessfully)
                return -1;
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / Pings;
    }

    /// <summary>A body that is there at once, again and again.</summary>
    private sealed class Body(byte[] body) : PipeReader, IRequestBodyPipeFeature
    {
        public PipeReader Reader => this;

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            new(new ReadResult(new ReadOnlySequence<byte>(body), isCanceled: false, isCompleted: true));

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
