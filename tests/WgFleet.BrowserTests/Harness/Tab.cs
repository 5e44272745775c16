using Microsoft.Playwright;

namespace WgFleet.BrowserTests.Harness;

/// <summary>A browser window of its own, without cookies at first, at one server; it notes whatever goes wrong in it.</summary>
internal sealed class Tab : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _wrong = [];
    private readonly string _server;

    private Tab(IBrowserContext context, IPage page, string server)
    {
        (_context, Page, _server) = (context, page, server);
        page.Console += (_, message) => Note(message.Type is "error" or "warning", $"{message.Type}: {message.Text}");
        page.PageError += (_, error) => Note(true, $"exception: {error}");
        page.Request += (_, request) => Note(!request.Url.StartsWith(server, StringComparison.Ordinal), $"request to {request.Url}");
    }

    public IPage Page { get; }

    /// <summary>What the console had to say so far, exceptions of scripts, and requests that went elsewhere.</summary>
    public IReadOnlyList<string> Wrong
    {
        get
        {
            lock (_wrong)
                return [.. _wrong];
        }
    }

    public static Task<Tab> OpenAsync(Chromium chromium, TestServer server) => OpenAsync(chromium, server.Addresses[0]);

    /// <summary>The same, at the address of a <see cref="Cable"/>.</summary>
    public static async Task<Tab> OpenAsync(Chromium chromium, Uri server, string? zone = null)
    {
        var address = server.ToString();
        var context = await chromium.Browser.NewContextAsync(new() { BaseURL = address, ViewportSize = new() { Width = 1440, Height = 900 }, TimezoneId = zone, Permissions = ["clipboard-read", "clipboard-write"] });
        context.SetDefaultTimeout(Chromium.Hang);
        return new(context, await context.NewPageAsync(), address);
    }

    /// <summary>The same, logged in by the page with that token.</summary>
    public static async Task<Tab> OpenAsync(Chromium chromium, TestServer server, string token)
    {
        var tab = await OpenAsync(chromium, server);
        await tab.LogInAsync(token);
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Button, new() { Name = "Log out" })).ToBeVisibleAsync();
        return tab;
    }

    /// <summary>Goes to a page, whatever it answers.</summary>
    public Task<IResponse?> GoAsync(string path) => Page.GotoAsync(path);

    /// <summary>Shows a token on the login page.</summary>
    public async Task LogInAsync(string token)
    {
        await GoAsync("/login");
        await Page.GetByLabel("Token").FillAsync(token);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
    }

    /// <summary>The path of where it is now.</summary>
    public string Place => new Uri(Page.Url).PathAndQuery;

    public Task ResizeAsync(int width) => Page.SetViewportSizeAsync(width, 900);

    public Task ColourAsync(ColorScheme scheme) => Page.EmulateMediaAsync(new() { ColorScheme = scheme });

    /// <summary>How many pixels of the page lie outside of the window, to the right.</summary>
    public Task<int> OverflowAsync() => Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");

    /// <summary>A picture of the whole page in artifacts/screenshots, for people to look at.</summary>
    public Task PictureAsync(string name) =>
        Page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Root, "artifacts/screenshots", name + ".png"), FullPage = true });

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private void Note(bool counts, string text)
    {
        if (!counts)
            return;

        lock (_wrong)
            _wrong.Add(text);
    }
}
