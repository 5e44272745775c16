using System.Text;
using WgFleet.Config;

namespace WgFleet.Cli.Databases;

/// <summary>A database as the command line names it: PATH, or postgresql:FILE, as in the configuration's <c>database</c>.</summary>
/// <param name="Path">The file of SQLite; null if it is PostgreSQL.</param>
/// <param name="PostgresFile">The secret file for PostgreSQL; null if it is SQLite.</param>
internal sealed record DatabaseChoice(string? Path, string? PostgresFile)
{
    private const string Postgres = "postgresql:";

    private static readonly byte[] Header = Encoding.ASCII.GetBytes("SQLite format 3\0");

    /// <summary>Reads it from a word of the command line; returns what is wrong with the word, to go on after it.</summary>
    public static string? Read(string text, out DatabaseChoice? choice)
    {
        var file = text.StartsWith(Postgres, StringComparison.Ordinal) ? text[Postgres.Length..].Trim() : null;
        choice = file is { Length: > 0 } ? new(null, System.IO.Path.GetFullPath(file)) : file is null && text.Length > 0 ? new(System.IO.Path.GetFullPath(text), null) : null;
        return text.Contains("://", StringComparison.Ordinal) ? "is a URL; write the connection string into a file and name that: postgresql:FILE"
            : file is { Length: 0 } ? "names no file; write postgresql:FILE, the secret file with the connection string"
            : null;
    }

    /// <summary>The configuration with this database.</summary>
    public ServerConfig In(ServerConfig config) => config with { Database = Path ?? config.Database, PostgresFile = PostgresFile };

    /// <summary>The line of the configuration that names this database.</summary>
    public string Line => Path is not null ? $"database: {Quoted(Path)}" : $"database: {{postgresql: {Quoted(PostgresFile!)}}}";

    /// <summary>Whether the path is a file of something else than SQLite.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public bool IsOtherFile
    {
        get
        {
            if (Path is null || !File.Exists(Path))
                return Directory.Exists(Path);

            using var file = File.OpenRead(Path);
            var begin = new byte[Header.Length];
            return file.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false) > 0 && !begin.AsSpan().SequenceEqual(Header);
        }
    }

    private static string Quoted(string path) => path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-') ? path : $"'{path.Replace("'", "''", StringComparison.Ordinal)}'";
}
