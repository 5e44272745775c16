using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using WgFleet.Config;
using WgFleet.Config.Logins;

namespace WgFleet.Testing.Oidc;

/// <summary>A real OpenID Connect provider: oidc-provider from npm, which <c>./test</c> puts into artifacts/npm.</summary>
internal sealed class OidcProvider : IDisposable
{
    /// <summary>The accounts, with what the provider tells of each.</summary>
    private const string Accounts = """
        {
            "ann": { "email": "ann@example.com", "email_verified": true, "groups": ["staff", "netops"] },
            "rob": { "email": "rob@example.com", "groups": "staff" },
            "mal": { "email": "ann@example.com", "email_verified": false, "groups": ["staff"] },
            "pia": { "email": "pia@example.com", "groups": ["painters", "<b>poets</b>"] },
            "nil": { "email": "nil@example.com" }
        }
        """;

    private readonly Process _node;
    private readonly Folder _folder = new();

    private OidcProvider(Process node, int port)
    {
        (_node, Port) = (node, port);
        SecretFile = _folder.File("oidc-secret");
        File.WriteAllText(SecretFile, "correct horse battery staple\n");
        File.SetUnixFileMode(SecretFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>The port on the loopback where the provider expects the server.</summary>
    public int Port { get; }

    public string Issuer { get; private init; } = "";

    /// <summary>The file with what the provider knows the server by.</summary>
    public string SecretFile { get; }

    /// <summary>Starts a provider for a server whose callback is there; null for a server on the loopback.</summary>
    public static async Task<OidcProvider> StartAsync(string? callback = null)
    {
        var library = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../npm/node_modules/oidc-provider/lib/index.js"));
        File.Exists(library).ShouldBeTrue($"{library} is missing; ./test installs it");
        var port = FreePort.Find();
        var node = Process.Start(new ProcessStartInfo("node", [Path.Combine(Path.GetDirectoryName(Here())!, "provider.mjs"), library, callback ?? $"http://127.0.0.1:{port}/login/oidc/callback", Accounts])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = node.StandardError.ReadToEndAsync();
        return await node.StandardOutput.ReadLineAsync() is { } issuer ? new(node, port) { Issuer = issuer } : throw new InvalidOperationException(await error);
    }

    /// <summary>A configuration with this provider, where netops may change things and staff may read.</summary>
    public ServerConfig Configure(ServerConfig config) => config with
    {
        Listen = [new IPEndPoint(IPAddress.Loopback, Port)],
        Oidc = new OidcConfig
        {
            Issuer = Issuer,
            ClientId = "wg-fleet",
            ClientSecretFile = SecretFile,
            Name = "Example",
            Roles = [new("netops", MayChange: true), new("staff", MayChange: false)],
        },
    };

    public void Dispose()
    {
        _node.StandardInput.Close();
        _node.WaitForExit();
        _node.Dispose();
        _folder.Dispose();
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
