using System.Globalization;
using System.Reflection;

namespace WgFleet.Store.Engine;

/// <summary>
/// One step of the schema: a file NNN_name.sql, which is never edited once it is released. A version has the same tables and columns with both
/// engines, so a new one is a file for each.
/// </summary>
internal sealed record Migration(int Version, string Name, string Sql)
{
    /// <summary>The steps of a database file, in order.</summary>
    public static IReadOnlyList<Migration> OfSqlite { get; } = Load(typeof(Migration).Assembly, "Migrations/");

    /// <summary>The steps of a PostgreSQL database, in order. The first one makes the schema of the version at which PostgreSQL came.</summary>
    public static IReadOnlyList<Migration> OfPostgres { get; } = Load(typeof(Migration).Assembly, "PostgresMigrations/");

    private static List<Migration> Load(Assembly assembly, string prefix)
    {
        var all = assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).Select(name => Read(assembly, name, prefix)).ToList();
        for (var i = 1; i < all.Count; i++)
        {
            if (all[i].Version != all[i - 1].Version + 1)
                throw new InvalidOperationException($"migration {all[i - 1].Version + 1} is missing or there twice");
        }

        return all;
    }

    private static Migration Read(Assembly assembly, string resource, string prefix)
    {
        var file = resource[prefix.Length..];
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return new Migration(int.Parse(file[..3], CultureInfo.InvariantCulture), file[4..], reader.ReadToEnd());
    }
}
