using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using WgFleet.WireGuard;
using WgFleet.WireGuard.Drivers;

namespace WgFleet.Benchmarks.Limits;

/// <summary>
/// A program that does only the necessary work for each request, on Kestrel without anything else: no routes, no checks, no log,
/// no events, no hooks. No server could be faster on this machine with these callers.
/// </summary>
internal static class LimitServer
{
    /// <summary>The command of this program that runs it, in its own process.</summary>
    public const string Command = "limit-server";

    public const string Interface = "wg_limit";

    public static IPEndPoint EndPoint { get; } = new(IPAddress.Loopback, 8001);

    /// <summary>Answers requests until it is told to stop.</summary>
    /// <param name="folder">The directory of the database; empty if only empty answers and pages are requested.</param>
    /// <param name="clients">The number of clients, and of lines in the files.</param>
    public static async Task RunAsync(string folder, int clients)
    {
        using var store = folder.Length == 0 ? null : new LimitStore(Path.Combine(folder, "limit.db"));
        using var wireGuard = WireGuardDriver.Open();
        LimitWriter? writer = null;
        if (store is not null)
        {
            await MakeInterfaceAsync();
            writer = new LimitWriter(store, wireGuard, Interface, Math.Max(1, clients));
            await writer.SeedAsync(clients);
            _ = writer.RunAsync();
        }

        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(EndPoint);
        });

        await using var app = builder.Build();
        var ok = """{"status":"ok"}"""u8.ToArray();
        var page = Array.Empty<byte>();
        app.Run(context => context.Request.Path.Value switch
        {
            "/register" => RegisterAsync(context, writer!),
            "/rename" => AfterAsync(writer!.RenameAsync(hosts: true), context, ok),
            "/sd" => AfterAsync(writer!.RenameAsync(hosts: false), context, ok),
            "/seed" => AfterAsync(writer!.SeedAsync(Number(context)), context, ok),
            "/prune" => AfterAsync(writer!.PruneAsync(), context, ok),
            "/page" => AnswerAsync(context, page.Length == Number(context) ? page : page = new byte[Number(context)]),
            _ => AnswerAsync(context, ok),
        });
        await app.RunAsync();
    }

    private static async Task RegisterAsync(HttpContext context, LimitWriter writer)
    {
        var key = PrivateKey.Generate();
        await writer.RegisterAsync(key.PublicKey);

        // As long as the server's answer, and with the one value that is not known in advance.
        var answer = Encoding.ASCII.GetBytes(key.Reveal().PadRight(330));
        await AnswerAsync(context, answer);
    }

    private static async Task AfterAsync(Task work, HttpContext context, byte[] answer)
    {
        await work;
        await AnswerAsync(context, answer);
    }

    private static Task AnswerAsync(HttpContext context, byte[] answer)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        return context.Response.Body.WriteAsync(answer, context.RequestAborted).AsTask();
    }

    private static int Number(HttpContext context) => int.Parse(context.Request.QueryString.Value.AsSpan(1), CultureInfo.InvariantCulture);

    private static async Task MakeInterfaceAsync()
    {
        // The interface has a key and is up, so that WireGuard has the same work for a peer as with the server.
        using var shell = Process.Start("sh", ["-euc", """
            ip link add "$0" type wireguard 2>/dev/null || wireguard-go "$0" >/dev/null 2>&1
            wg genkey | wg set "$0" private-key /dev/stdin listen-port 51821
            ip link set up dev "$0"
            """, Interface]);
        await shell.WaitForExitAsync();
        if (shell.ExitCode != 0)
            throw new IOException($"{Interface} could not be made: is wireguard-tools installed?");
    }
}
