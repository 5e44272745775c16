using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using WgFleet.Hosting;
using WgFleet.Linux.Secrets;

namespace WgFleet.Store.Postgres;

/// <summary>
/// The file with the connection string (https://www.npgsql.org/doc/connection-string-parameters.html), in one line or with one setting in each. No error
/// message contains any of its values, since one of them is a password.
/// </summary>
internal static class ConnectionText
{
    private const int LongestFile = 16384;

    /// <summary>What the server decides: it holds one connection that writes and a few that read, and its lock is of the session.</summary>
    private static readonly string[] NotAllowed =
    [
        "Pooling", "Multiplexing", "Minimum Pool Size", "Maximum Pool Size", "Connection Idle Lifetime", "Connection Pruning Interval", "Connection Lifetime", "Enlist",
        "No Reset On Close", "Load Balance Hosts",
    ];

    /// <summary>Reads and checks it. Blocks for the file system.</summary>
    /// <exception cref="StartupException">The file cannot be read, others may open it, or it is not a connection string that a server can use.</exception>
    public static string Read(string path)
    {
        var bytes = new byte[LongestFile];
        try
        {
            var text = Encoding.UTF8.GetString(bytes.AsSpan(0, SecretText.Read(path, bytes))).Trim();
            return Checked(text.ReplaceLineEndings(";"), path);
        }
        catch (IOException e)
        {
            throw new StartupException($"database: {e.Message}", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static string Checked(string text, string path)
    {
        var settings = new DbConnectionStringBuilder();
        try
        {
            settings.ConnectionString = text;
        }
        catch (ArgumentException)
        {
            throw Wrong("is not a connection string, such as Host=db.example.com;Database=fleet;Username=fleet;Password=…");
        }

        var npgsql = new NpgsqlConnectionStringBuilder();
        foreach (string key in settings.Keys)
        {
            // What is not a name may be a part of a password.
            if (!npgsql.ContainsKey(key))
                throw Wrong("has a setting that Npgsql does not know, or a value with ';' that is not in quotes; its settings are at https://www.npgsql.org/doc/connection-string-parameters.html");

            try
            {
                npgsql[key] = settings[key];
            }
            catch (Exception e) when (e is ArgumentException or FormatException or OverflowException or InvalidCastException)
            {
                throw Wrong($"has a value of '{key}' that is not one of its values; see https://www.npgsql.org/doc/connection-string-parameters.html");
            }
        }

        var set = new NpgsqlConnectionStringBuilder(text);
        foreach (var name in NotAllowed.Where(name => set.ShouldSerialize(name)))
            throw Wrong($"sets '{name}', which the server decides itself; remove it");

        if (string.IsNullOrEmpty(set.Host))
            throw Wrong("names no Host; add Host=, the name, the address or the socket's directory of PostgreSQL");

        if (string.IsNullOrEmpty(set.Database))
            throw Wrong("names no Database; add Database=");

        return set.ConnectionString;

        StartupException Wrong(string what) => new($"database: secret file {path} {what}");
    }
}
