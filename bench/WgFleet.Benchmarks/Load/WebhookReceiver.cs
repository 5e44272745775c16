using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace WgFleet.Benchmarks.Load;

/// <summary>A webhook receiver in this process: it takes a given time for each event, and records the events.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<Told> _told = [];
    private readonly WebApplication _app;

    private WebhookReceiver(TimeSpan takes)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(EndPoint));
        _app = builder.Build();
        _app.Run(context => ReceiveAsync(context, takes));
    }

    public static IPEndPoint EndPoint { get; } = new(IPAddress.Loopback, 8002);

    /// <summary>The events so far, in the order of arrival.</summary>
    public IReadOnlyList<Told> All
    {
        get
        {
            lock (_gate)
                return [.. _told];
        }
    }

    public int Count
    {
        get
        {
            lock (_gate)
                return _told.Count;
        }
    }

    /// <param name="takes">The time for each event; with <see cref="Timeout.InfiniteTimeSpan"/> it never answers.</param>
    public static async Task<WebhookReceiver> StartAsync(TimeSpan takes)
    {
        var receiver = new WebhookReceiver(takes);
        await receiver._app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task ReceiveAsync(HttpContext context, TimeSpan takes)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var told = new Told(
            context.Request.Headers["webhook-id"].ToString(),
            body.RootElement.TryGetProperty("subject", out var subject) ? subject.GetString()! : "",
            body.RootElement.GetProperty("sequence").GetString()!);
        lock (_gate)
            _told.Add(told);

        await Task.Delay(takes, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>One event, as it arrived.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Subject">The client it is about.</param>
    /// <param name="Sequence">Its number, filled with zeros so that it sorts as text.</param>
    internal sealed record Told(string Id, string Subject, string Sequence);
}
