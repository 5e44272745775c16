using Microsoft.AspNetCore.Html;
using RazorSlices;
using WgFleet.Dashboard.Formatting;

namespace WgFleet.Dashboard.Site;

/// <summary>The base class of every template: its viewer, and HTML that many templates share.</summary>
/// <remarks>Expressions are HTML-encoded by <see cref="RazorSlice"/>; only text in a template itself is markup.</remarks>
internal abstract class Slice : RazorSlice
{
    protected CurrentUser CurrentUser => field ??= new(HttpContext!);

    /// <summary>The hidden field that every form needs: the server refuses a form without it.</summary>
    protected HtmlString FormToken()
    {
        var (name, value) = CurrentUser.FormToken();
        WriteLiteral("<input type=\"hidden\" name=\"");
        Write(name);
        WriteLiteral("\" value=\"");
        Write(value);
        WriteLiteral("\">");
        return HtmlString.Empty;
    }

    /// <summary>A time with its age; site.js keeps the age up to date.</summary>
    protected HtmlString Time(DisplayTime at)
    {
        WriteLiteral("<time>");
        Write(at.Time);
        WriteLiteral("</time> <small>(");
        Write(at.Age);
        WriteLiteral(")</small>");
        return HtmlString.Empty;
    }
}

/// <summary>A template for the content of a page.</summary>
internal abstract class Page : Slice
{
    /// <summary>The text of the browser's tab.</summary>
    public abstract string Title { get; }
}
