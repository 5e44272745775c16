using Microsoft.Playwright;
using WgFleet.BrowserTests.Harness;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace WgFleet.BrowserTests.Harness;

/// <summary>The one browser of all tests: Debian's Chromium, steered by Playwright, which speaks to this machine alone.</summary>
public sealed class Chromium : IAsyncLifetime
{
    /// <summary>The most that anything may take, which only a hang does.</summary>
    public const int Hang = 180_000;

    private IPlaywright _playwright = null!;

    public IBrowser Browser { get; private set; } = null!;

    /// <summary>The browser under test: Debian's, or what WG_FLEET_CHROMIUM names.</summary>
    private static string Executable => Environment.GetEnvironmentVariable("WG_FLEET_CHROMIUM") ?? "/usr/bin/chromium";

    public async ValueTask InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(Hang);
        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Executable,
            ChromiumSandbox = false,
            Timeout = 2 * Hang,
            Args =
            [
                "--no-first-run", "--no-proxy-server", "--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-domain-reliability",
                "--disable-sync", "--metrics-recording-only",

                // Whatever it would still ask of others has no address.
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            ],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null)
            await Browser.DisposeAsync();

        _playwright?.Dispose();
    }
}
