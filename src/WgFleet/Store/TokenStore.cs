using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace WgFleet.Store;

/// <summary>The tokens in the database; each change is on disk when it returns. All methods block.</summary>
internal sealed class TokenStore(FleetStore store)
{
    /// <summary>All that were ever made, the oldest first.</summary>
    public IReadOnlyList<TokenRow> All() => store.ReadByHand(Load);

    /// <exception cref="DbUpdateException">It could not be written, or one of its kind has the name.</exception>
    public void Add(TokenRow token) => store.Write(db =>
    {
        db.Tokens.Add(token);
        db.SaveChanges();
    });

    public void Revoke(string id, DateTime at) => store.Write(db =>
        db.Tokens.Where(t => t.Id == id && t.RevokedAt == null).ExecuteUpdate(set => set.SetProperty(t => t.RevokedAt, at)));

    private static List<TokenRow> Load(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT id, kind, name, hash, scope, fleet, created_at, expires_at, revoked_at, max_uses, uses, tags, prune_timeout FROM tokens ORDER BY created_at, id";
        using var row = command.ExecuteReader();
        var rows = new List<TokenRow>();
        while (row.Read())
        {
            rows.Add(new TokenRow
            {
                Id = row.GetString(0),
                Kind = row.GetString(1),
                Name = row.GetString(2),
                Hash = row.GetString(3),
                Scope = Text(4),
                Fleet = Text(5),
                CreatedAt = UtcText.Read(row.GetString(6)),
                ExpiresAt = Text(7) is { } expires ? UtcText.Read(expires) : null,
                RevokedAt = Text(8) is { } revoked ? UtcText.Read(revoked) : null,
                MaxUses = row.IsDBNull(9) ? null : row.GetInt32(9),
                Uses = row.GetInt32(10),
                Tags = Text(11),
                PruneTimeout = row.IsDBNull(12) ? null : row.GetInt64(12),
            });
        }

        return rows;

        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
    }
}
