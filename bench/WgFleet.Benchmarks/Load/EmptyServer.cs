using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace WgFleet.Benchmarks.Load;

/// <summary>Kestrel's emptiest endpoint: what it can answer is all that this machine and these callers can ask of any server.</summary>
internal static class EmptyServer
{
    /// <summary>The command that this program runs it by, in a process of its own.</summary>
    public const string Command = "empty-server";

    public static IPEndPoint EndPoint { get; } = new(IPAddress.Loopback, 8001);

    /// <summary>Answers every request as the server answers a ping, until it is told to stop.</summary>
    public static async Task RunAsync()
    {
        var answer = """{"status":"ok"}"""u8.ToArray();
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(EndPoint);
        });

        await using var app = builder.Build();
        app.Run(context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = answer.Length;
            return context.Response.Body.WriteAsync(answer, context.RequestAborted).AsTask();
        });
        await app.RunAsync();
    }
}
