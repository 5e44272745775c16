using System.Globalization;
using System.Reflection;

namespace WgFleet.Store.Engine;

/// <summary>One step of the schema: a file of Store/Migrations, NNN_name.sql, which is never edited once it is released.</summary>
internal sealed record Migration(int Version, string Name, string Sql)
{
    private const string Prefix = "Migrations/";

    /// <summary>All that this program has, in order.</summary>
    public static IReadOnlyList<Migration> All { get; } = Load(typeof(Migration).Assembly);

    private static List<Migration> Load(Assembly assembly)
    {
        var all = assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).Select(name => Read(assembly, name)).ToList();
        for (var i = 0; i < all.Count; i++)
        {
            if (all[i].Version != i + 1)
                throw new InvalidOperationException($"migration {i + 1} is missing or there twice");
        }

        return all;
    }

    private static Migration Read(Assembly assembly, string resource)
    {
        var file = resource[Prefix.Length..];
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return new Migration(int.Parse(file[..3], CultureInfo.InvariantCulture), file[4..], reader.ReadToEnd());
    }
}
