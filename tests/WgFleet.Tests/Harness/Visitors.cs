using System.Net;
using System.Net.Sockets;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Access;
using WgFleet.Store;

namespace WgFleet.Tests.Harness;

/// <summary>Those who ask the server: operators with tokens, browsers, strangers.</summary>
internal static class Visitors
{
    /// <summary>Who comes from elsewhere, by way of a proxy on the server's machine.</summary>
    public const string Stranger = "203.0.113.7";

    public static TokenRegistry Tokens(this TestServer server) => server.Services.GetRequiredService<TokenRegistry>();

    /// <summary>Makes a token and gives its text.</summary>
    public static string Token(this TestServer server, string scope = TokenRow.Write, string name = "ops", TimeSpan? lifetime = null) =>
        server.Tokens().CreateAdmin(name, scope, lifetime, "a test").Secret.Reveal();

    public static Task<HttpResponseMessage> AskAsync(
        this TestServer server, string method, string path, string? token = null, string? from = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        if (from is not null)
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", from);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);

        return Plain(server.Addresses[0]).SendAsync(request, TestServer.Ct);
    }

    /// <summary>Speaks over the operators' socket.</summary>
    public static HttpClient Socket(this TestServer server) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, ct) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(server.Config.AdminSocket), ct);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri("http://wg-fleet"),
    };

    private static HttpClient Plain(Uri server) => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = server };
}

/// <summary>A browser, as far as forms and cookies go; it follows no redirects.</summary>
internal sealed class Browser : IDisposable
{
    private readonly HttpClient _http;

    public Browser(TestServer server) => _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies }) { BaseAddress = server.Addresses[0] };

    public CookieContainer Cookies { get; } = new();

    /// <summary>For requests that no browser would send.</summary>
    public HttpClient Http => _http;

    public Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(path, TestServer.Ct);

    public async Task<IHtmlDocument> PageAsync(string path) => new HtmlParser().ParseDocument(await _http.GetStringAsync(path, TestServer.Ct));

    /// <summary>Fills in the only form of a page that goes to that address, and sends it.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(string page, string action, params (string Name, string Value)[] fields)
    {
        var form = (await PageAsync(page)).QuerySelectorAll("form").OfType<IHtmlFormElement>().Single(f => f.GetAttribute("action") == action);
        var hidden = form.QuerySelectorAll("input[type=hidden]").OfType<IHtmlInputElement>().Select(i => (Name: i.Name!, i.Value));
        return await PostAsync(action, [.. hidden.Where(h => fields.All(f => f.Name != h.Name)), .. fields]);
    }

    public async Task<HttpResponseMessage> PostAsync(string path, (string Name, string Value)[] fields, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);

        return await _http.SendAsync(request, TestServer.Ct);
    }

    /// <summary>Sends a body of any kind, as no form of ours would.</summary>
    public Task<HttpResponseMessage> SendAsync(string path, HttpContent content) => _http.PostAsync(path, content, TestServer.Ct);

    public Task<HttpResponseMessage> LogInAsync(string token, string page = "/login") => SubmitAsync(page, "/login", ("token", token));

    public void Dispose() => _http.Dispose();
}
