using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace WgFleet.Dashboard.Site;

/// <summary>A file of the dashboard that is embedded in the program. Its link contains its hash, so browsers may cache it for ever.</summary>
internal sealed class Asset
{
    public static readonly Asset Style = new("site.css", "text/css; charset=utf-8");
    public static readonly Asset Script = new("site.js", "text/javascript; charset=utf-8");
    public static readonly Asset Icon = new("favicon.svg", "image/svg+xml");

    private readonly byte[] _content;
    private readonly string _type;
    private readonly string _hash;

    private Asset(string name, string type)
    {
        using var resource = typeof(Asset).Assembly.GetManifestResourceStream("Dashboard/" + name)!;
        _content = new byte[resource.Length];
        resource.ReadExactly(_content);
        _type = type;
        _hash = Convert.ToHexStringLower(SHA256.HashData(_content))[..16];
        Path = "/assets/" + name;
        Link = $"{Path}?v={_hash}";
    }

    public string Path { get; }

    /// <summary>The path with the hash of the content.</summary>
    public string Link { get; }

    public FileContentHttpResult Serve(HttpContext context)
    {
        // A page of another version asks for another hash; it must not cache this content under that link.
        context.Response.Headers.CacheControl = context.Request.Query["v"] == _hash ? "public, max-age=31536000, immutable" : "no-cache";
        return TypedResults.File(_content, _type, entityTag: new EntityTagHeaderValue($"\"{_hash}\""));
    }
}
