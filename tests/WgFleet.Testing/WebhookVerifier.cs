using System.Diagnostics;
using System.Text.Json;

namespace WgFleet.Testing;

/// <summary>Verifies a webhook as an independent receiver does: with the library of the Standard Webhooks project, in Node.js.</summary>
internal static class WebhookVerifier
{
    private const string Script = """
        const { Webhook } = require(process.argv[1]);
        const { secret, headers, body } = JSON.parse(require('fs').readFileSync(0));
        try {
            console.log('verified ' + new Webhook(secret).verify(Buffer.from(body, 'base64'), headers).id);
        } catch (error) {
            console.log(error.message);
        }
        """;

    private static readonly string Library = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../npm/node_modules/standardwebhooks"));

    /// <returns>"verified" and the event's id, or the library's objection.</returns>
    public static async Task<string> VerifyAsync(WebhookReceiver.Request request, string secret)
    {
        Directory.Exists(Library).ShouldBeTrue($"{Library} is missing; ./test installs it");
        using var node = Process.Start(new ProcessStartInfo("node", ["-e", Script, Library])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await node.StandardInput.WriteAsync(JsonSerializer.Serialize(new { secret, headers = request.Headers, body = request.Body }));
        node.StandardInput.Close();
        var (output, error) = (node.StandardOutput.ReadToEndAsync(), node.StandardError.ReadToEndAsync());
        await node.WaitForExitAsync();
        node.ExitCode.ShouldBe(0, await error);
        return (await output).Trim();
    }
}
