using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using WgFleet.Hosting;
using WgFleet.Queries;
using WgFleet.Queries.Many;

namespace WgFleet.Http.Api.Many;

/// <summary>What to do to many clients of one fleet, and to which: either those that are named, or those that match.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ManyRequest
{
    [StringLength(64, MinimumLength = 1)]
    public string? Fleet { get; init; }

    /// <summary>"remove", "pin", "unpin", "tag" or "rename".</summary>
    public string? Act { get; init; }

    /// <summary>The clients, each by address, public key or name.</summary>
    public IReadOnlyList<string>? Clients { get; init; }

    /// <summary>The clients that match, at least by one condition; in the order of registration.</summary>
    public ClientConditions? Where { get; init; }

    /// <summary>The tags to set; for act tag.</summary>
    public IReadOnlyDictionary<string, string>? Set { get; init; }

    /// <summary>The keys of the tags to unset; for act tag.</summary>
    public IReadOnlyList<string>? Unset { get; init; }

    /// <summary>The pattern of the new names, such as pc-{n:2}; for act rename. {n} is a number from 1, {hostname} the present name, {fleet} the fleet, {tag.room} the tag room.</summary>
    public string? Pattern { get; init; }

    /// <summary>Only say what would be done.</summary>
    public bool? Dry { get; init; }

    /// <exception cref="RefusedException">There is no such act.</exception>
    internal ManyAct ToAct() => new(ManyAct.KindOf(Act) ?? throw Invalid($"act is one of {string.Join(", ", ManyAct.Words)}"))
    {
        Set = Set ?? Store.Tags.None,
        Unset = WithoutNull(Unset ?? []),
        Pattern = Pattern ?? "",
    };

    /// <summary>The clients that are named; null if they are chosen by conditions.</summary>
    /// <exception cref="RefusedException">Clients are chosen in both ways, or in none.</exception>
    internal IReadOnlyList<string>? Named() => (Clients is null) != Where is null ? Clients is null ? null : WithoutNull(Clients) : throw Invalid("choose the clients with either clients or where");

    private static IReadOnlyList<string> WithoutNull(IReadOnlyList<string> texts) => texts.Contains(null!) ? throw Invalid("clients and unset are lists of texts") : texts;

    private static RefusedException Invalid(string why) => new(Refusal.Invalid, why);
}

/// <summary>Which clients are meant. All conditions that are there must hold, and at least one must be there.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ClientConditions
{
    /// <summary>True for all clients of the fleet; no other condition then.</summary>
    public bool? All { get; init; }

    /// <summary>Text in name, full name, address, source, tags or facts, or a key.</summary>
    public string? Q { get; init; }

    /// <summary>"online", "offline" or "never".</summary>
    public string? State { get; init; }

    public bool? Pinned { get; init; }

    public bool? Unnamed { get; init; }

    /// <summary>A tag, as key=value.</summary>
    public string? Tag { get; init; }

    /// <exception cref="RefusedException">There is no condition, or one that is not understood.</exception>
    internal ClientFilter ToFilter()
    {
        var filter = new ClientFilter
        {
            Search = Q?.Trim() ?? "",
            State = State is null ? null : ClientStates.Parse(State) ?? throw new RefusedException(Refusal.Invalid, $"state is one of {string.Join(", ", ClientStates.Names)}"),
            Pinned = Pinned,
            Unnamed = Unnamed,
            Tag = Tag ?? "",
        };
        return (filter != ClientFilter.None) != (All == true)
            ? filter
            : throw new RefusedException(Refusal.Invalid, All == true ? "with all there is no other condition" : "where has no condition; for all clients of the fleet say {\"all\":true}");
    }
}
