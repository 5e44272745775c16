using Microsoft.EntityFrameworkCore;

namespace WgFleet.Store;

/// <summary>The tokens in the database; each change is on disk when it returns. All methods block.</summary>
internal sealed class TokenStore(FleetStore store)
{
    /// <summary>All that were ever made, the oldest first.</summary>
    public IReadOnlyList<TokenRow> All() => store.Read(db => db.Tokens.AsNoTracking().OrderBy(t => t.CreatedAt).ThenBy(t => t.Id).ToList());

    /// <exception cref="DbUpdateException">It could not be written, or one of its kind has the name.</exception>
    public void Add(TokenRow token) => store.Write(db =>
    {
        db.Tokens.Add(token);
        db.SaveChanges();
    });

    public void Revoke(string id, DateTime at) => store.Write(db =>
        db.Tokens.Where(t => t.Id == id && t.RevokedAt == null).ExecuteUpdate(set => set.SetProperty(t => t.RevokedAt, at)));
}
