using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Store;

namespace WgFleet.Dashboard.TokenPages;

/// <summary>One token as the page shows it, without its secret.</summary>
/// <param name="Id">The public part of the token.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Who uses it: operators or machines.</param>
/// <param name="Scope">What an operator may do with it; empty for machines.</param>
/// <param name="Fleet">The fleets it is valid for, with a word where the configuration does not have one; null for all.</param>
/// <param name="Uses">How often it was used, and how often it may be; null for operators.</param>
/// <param name="Tags">The tags of clients that register with it.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Expires">When it expires; null for never.</param>
/// <param name="State">live, expired, used up or revoked.</param>
internal sealed record TokenTableRow(
    string Id, string Name, string Kind, string Scope, string? Fleet, string? Uses, string Tags, string Created, string? Expires, string State)
{
    public const string Live = "live";

    public static TokenTableRow Of(TokenRow token, ServerConfig config, DateTimeOffset now) => new(
        token.Id,
        token.Name,
        token.Kind == TokenRow.Admin ? "operators" : "machines",
        token.Scope ?? "",
        token.Fleets is { } fleets ? string.Join(", ", fleets.Select(f => token.UnknownFleets(config).Contains(f) ? $"{f} (not in the configuration)" : f)) : null,
        token.Kind == TokenRow.Admin ? null : $"{token.Uses} of {token.MaxUses?.ToString() ?? "any"}",
        token.Tags ?? "",
        Text(token.CreatedAt),
        token.ExpiresAt is { } end ? Text(end) : null,
        TokenStates.NameOf(token.StateAt(now)).Replace('_', ' '));

    public bool CanRevoke => State != "revoked";

    private static string Text(DateTime at) => at.ToString("yyyy-MM-dd HH:mm");
}
