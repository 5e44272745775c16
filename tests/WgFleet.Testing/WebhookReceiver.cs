using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace WgFleet.Testing;

/// <summary>An endpoint on a free port of the loopback that keeps requests and answers as a test says.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<Request> _requests = new();
    private readonly ConcurrentQueue<Task> _connections = new();
    private readonly WebApplication _app;

    private WebhookReceiver(RequestDelegate answer, X509Certificate2? certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => async connection =>
            {
                var closed = new TaskCompletionSource();
                _connections.Enqueue(closed.Task);
                try
                {
                    await next(connection);
                }
                finally
                {
                    closed.SetResult();
                }
            });
            if (certificate is not null)
                listen.UseHttps(certificate);
        }));

        _app = builder.Build();
        _app.Run(async context =>
        {
            var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            _requests.Enqueue(new Request(
                $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}",
                context.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString()),
                body.ToArray()));
            await answer(context);
        });
    }

    public IReadOnlyList<Request> Requests => [.. _requests];

    /// <summary>The number of connections to it, including closed ones.</summary>
    public int Connections => _connections.Count;

    public int Port => new Uri(_app.Urls.Single()).Port;

    public Uri Url => new($"http://127.0.0.1:{Port}/hook");

    public static async Task<WebhookReceiver> StartAsync(RequestDelegate? answer = null, X509Certificate2? certificate = null)
    {
        var receiver = new WebhookReceiver(answer ?? (_ => Task.CompletedTask), certificate);
        await receiver._app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public static Task<WebhookReceiver> AnsweringAsync(int status, string? header = null, string? value = null, string body = "") =>
        StartAsync(context =>
        {
            context.Response.StatusCode = status;
            if (header is not null)
                context.Response.Headers[header] = value;

            return body.Length == 0 ? Task.CompletedTask : context.Response.WriteAsync(body);
        });

    /// <summary>Completes when every connection to it is closed.</summary>
    public Task ConnectionsClosedAsync() => Task.WhenAll(_connections).WaitAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>A request; the names of headers are in lower case.</summary>
    internal sealed record Request(string Line, Dictionary<string, string> Headers, byte[] Body);
}
