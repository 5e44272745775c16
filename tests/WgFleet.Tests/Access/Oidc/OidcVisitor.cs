using System.Net;
using AngleSharp.Html.Parser;
using WgFleet.Testing.Oidc;
using WgFleet.Tests.Harness;

namespace WgFleet.Tests.Access.Oidc;

/// <summary>People who log in at a provider, with a browser.</summary>
internal static class OidcVisitor
{
    /// <summary>Whoever cancels at the provider.</summary>
    public const string Nobody = "";

    /// <summary>Logs in, and gives the server's answer at the end.</summary>
    public static async Task<HttpResponseMessage> LogInAtAsync(this Browser browser, OidcProvider provider, string person, string begin = "/login/oidc") =>
        await browser.GetAsync(await browser.AnswerOfAsync(provider, person, begin));

    /// <summary>Logs in, and gives the address at the server to which the provider sends the browser.</summary>
    public static async Task<string> AnswerOfAsync(this Browser browser, OidcProvider provider, string person, string begin = "/login/oidc")
    {
        var place = new Uri($"http://127.0.0.1:{provider.Port}{begin}");
        (string, string)[]? form = null;
        while (true)
        {
            using var answer = form is null ? await browser.GetAsync(place.ToString()) : await browser.PostAsync(place.ToString(), form);
            form = null;
            if (answer.Headers.Location is { } location)
            {
                place = new Uri(place, location);
                if (place.AbsolutePath == "/login/oidc/callback")
                    return place.ToString();

                continue;
            }

            answer.StatusCode.ShouldBe(HttpStatusCode.OK, place.ToString());
            var page = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync(TestServer.Ct));
            if (person == Nobody)
            {
                place = new Uri(place, page.QuerySelectorAll("a").Single(a => a.TextContent.Contains("Cancel")).GetAttribute("href"));
                continue;
            }

            // First the login, then the consent.
            place = new Uri(place, page.QuerySelector("form")!.GetAttribute("action"));
            form = [("prompt", page.QuerySelector("input[name=prompt]")!.GetAttribute("value")!), ("login", person), ("password", "x")];
        }
    }
}
