using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using WgFleet.Http;

namespace WgFleet.Dashboard;

/// <summary>Answers with a Razor component as static HTML. Does what RazorComponentResult would, without the services behind that.</summary>
internal sealed class Html<TPage>(Dictionary<string, object?> parameters, int status = StatusCodes.Status200OK) : IResult
    where TPage : IComponent
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.RequestServices.GetRequiredService<CurrentUser>().Enter(httpContext);
        var renderer = httpContext.RequestServices.GetRequiredService<HtmlRenderer>();
        var page = await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var root = await renderer.RenderComponentAsync<TPage>(ParameterView.FromDictionary(parameters));
            var text = new StringBuilder(8192);
            using var writer = new StringWriter(text);
            root.WriteHtmlTo(writer);
            return text;
        });

        var length = 0;
        foreach (var chunk in page.GetChunks())
            length += Encoding.UTF8.GetByteCount(chunk.Span);

        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = length;
        response.Headers.CacheControl = "no-store";

        // Also where a form is answered by a page.
        ErrorHandling.GuardPage(response.Headers);
        foreach (var chunk in page.GetChunks())
            Encoding.UTF8.GetBytes(chunk.Span, response.BodyWriter);

        await response.BodyWriter.FlushAsync(httpContext.RequestAborted);
    }
}
