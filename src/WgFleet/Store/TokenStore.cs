using WgFleet.Store.Engine;

namespace WgFleet.Store;

/// <summary>The table tokens; each change is on disk when it returns. All methods block and throw <see cref="StoreException"/>.</summary>
internal sealed class TokenStore(Database database)
{
    private const string Columns = "id, kind, name, hash, scope, fleet, created_at, expires_at, revoked_at, max_uses, uses, tags, prune_timeout";

    // In no fleet's name. A server of before takes several for one fleet that it does not have, and lets nobody in.
    private const char Separator = ',';

    /// <summary>All that were ever made, the oldest first.</summary>
    /// <exception cref="WgFleet.Hosting.StartupException">The file is damaged, or something else has written to it.</exception>
    public IReadOnlyList<TokenRow> All() => database.Load(c => c.Query($"SELECT {Columns} FROM tokens ORDER BY created_at, id", Read));

    /// <summary>Adds a token, in the transaction that is open.</summary>
    /// <exception cref="StoreException">Another token of its kind has the name.</exception>
    public static void Add(Connection connection, TokenRow t) => connection.Execute(
        $"INSERT INTO tokens ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        t.Id, t.Kind, t.Name, t.Hash, t.Scope, Joined(t.Fleets), t.CreatedAt, t.ExpiresAt, t.RevokedAt, t.MaxUses, t.Uses, t.Tags, t.PruneTimeout);

    /// <summary>Corrects when a token was made and when it expires.</summary>
    public void SetTimes(string id, DateTime createdAt, DateTime? expiresAt) =>
        database.Write(c => c.Execute("UPDATE tokens SET created_at = $1, expires_at = $2 WHERE id = $3", createdAt, expiresAt, id));

    /// <summary>Revokes a token, in the transaction that is open.</summary>
    public static void Revoke(Connection connection, string id, DateTime at) =>
        connection.Execute("UPDATE tokens SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL", at, id);

    /// <summary>Counts uses of a token, or with -1 gives one back, in the transaction that is open.</summary>
    public static void Use(Connection connection, string id, int uses) => connection.Execute("UPDATE tokens SET uses = uses + $1 WHERE id = $2", uses, id);

    private static string? Joined(IReadOnlyList<string>? fleets) => fleets is null ? null : string.Join(Separator, fleets);

    private static TokenRow Read(Row row) => new()
    {
        Id = row[0].Text,
        Kind = row[1].Text,
        Name = row[2].Text,
        Hash = row[3].Text,
        Scope = row[4].TextOrNull,
        Fleets = row[5].TextOrNull?.Split(Separator),
        CreatedAt = row[6].Utc,
        ExpiresAt = row[7].UtcOrNull,
        RevokedAt = row[8].UtcOrNull,
        MaxUses = (int?)row[9].NumberOrNull,
        Uses = (int)row[10].Number,
        Tags = row[11].TextOrNull,
        PruneTimeout = row[12].NumberOrNull,
    };
}
