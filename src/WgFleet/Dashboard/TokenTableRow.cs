using System.Globalization;
using WgFleet.Access;
using WgFleet.Store;

namespace WgFleet.Dashboard;

/// <summary>One token as a row of text, without what lets its holder in; public, as Razor's pages are, which take it as a parameter.</summary>
/// <param name="Id">The part of it that is not secret.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Whom it lets in.</param>
/// <param name="Scope">What an operator may do with it; empty for other kinds.</param>
/// <param name="Fleet">The one fleet it is good for; null for all.</param>
/// <param name="Uses">How often it was used, and how often it may be; null where nobody counts.</param>
/// <param name="Tags">What it gives to the clients it lets in.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Expires">When it ends by itself; null for never.</param>
/// <param name="State">live, expired, used up or revoked.</param>
public sealed record TokenTableRow(
    string Id, string Name, string Kind, string Scope, string? Fleet, string? Uses, string Tags, string Created, string? Expires, string State)
{
    internal static TokenTableRow Of(TokenRow token, DateTimeOffset now) => new(
        token.Id,
        token.Name,
        token.Kind == TokenRow.Admin ? "operators" : "machines",
        token.Scope ?? "",
        token.Fleet,
        token.Kind == TokenRow.Admin ? null : string.Create(CultureInfo.InvariantCulture, $"{token.Uses} of {token.MaxUses?.ToString(CultureInfo.InvariantCulture) ?? "any"}"),
        token.Tags ?? "",
        Text(token.CreatedAt),
        token.ExpiresAt is { } end ? Text(end) : null,
        TokenStates.NameOf(token.StateAt(now)).Replace('_', ' '));

    /// <summary>Whether it can still be revoked.</summary>
    internal bool IsThere => State != "revoked";

    private static string Text(DateTime at) => at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
