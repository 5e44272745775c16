using WgFleet.Config.Yaml;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Access;

/// <summary>Enrollment tokens.</summary>
internal sealed partial class TokenRegistry
{
    /// <summary>With a shorter timeout a live tunnel could look silent: it sends nothing for up to 25 s and is read every 20 s.</summary>
    public static readonly TimeSpan ShortestPruneTimeout = TimeSpan.FromMinutes(1);

    /// <summary>How many fleets a token names at most.</summary>
    public const int MostFleets = 100;

    /// <summary>The enrollment token with this text, even if it is no longer valid; null if there never was one.</summary>
    public EnrollmentToken? Enrollment(string text)
    {
        if (!TokenSecret.TryRead(text, out var secret))
            return null;

        var found = _machines.GetValueOrDefault(secret.Id);
        return secret.Matches(found?.Hash ?? Nobody) ? found : null;
    }

    /// <summary>Makes an enrollment token. Completes when it is on disk, with its event.</summary>
    /// <param name="terms">Its name and limits.</param>
    /// <param name="by">Who makes it.</param>
    /// <exception cref="RefusedException">The name is in use, or a limit is invalid.</exception>
    public async Task<(TokenRow Token, TokenSecret Secret)> CreateEnrollmentAsync(EnrollmentTerms terms, FleetOperator by)
    {
        CheckName(terms.Name);
        if (terms.MaxUses < 1)
            throw new RefusedException(Refusal.Invalid, "a token has at least 1 use");

        if (terms.PruneTimeout < ShortestPruneTimeout || terms.PruneTimeout > Config.Duration.Longest)
            throw new RefusedException(Refusal.Invalid, "a client's prune timeout is 1m to 3650d");

        if (terms.Tags.Count > Tags.Max)
            throw new RefusedException(Refusal.Invalid, $"a token has at most {Tags.Max} tags");

        foreach (var (key, value) in terms.Tags)
        {
            if (!Tags.IsValid(key, value))
                throw new RefusedException(Refusal.Invalid, "a tag is key=value: the key is a letter and up to 31 more of a-z 0-9 _ . -, and the value is 1 to 64 of A-Z a-z 0-9 _ . : / @ + -");
        }

        if (terms.Fleets is { Count: 0 or > MostFleets })
            throw new RefusedException(Refusal.Invalid, $"a token is for all fleets, or for 1 to {MostFleets}");

        await _gate.WaitAsync();
        try
        {
            var secret = Unused(terms.Name);
            var now = Now();
            var token = new TokenRow
            {
                Id = secret.Id,
                Kind = TokenRow.Enrollment,
                Name = terms.Name,
                Hash = secret.Hash,
                Fleets = terms.Fleets,
                CreatedAt = now,
                ExpiresAt = now + terms.Lifetime,
                MaxUses = terms.MaxUses,
                Tags = Tags.Write(terms.Tags),
                PruneTimeout = (long?)terms.PruneTimeout?.TotalSeconds,
            };
            await _record(
                OperatorActed.By(by, OperatorActs.TokenCreated) with { Token = terms.Name, OnFleet = OneOf(terms.Fleets), Detail = Detail(terms) },
                c => TokenStore.Add(c, token));
            _machines[token.Id] = new EnrollmentToken(token);
            Log.Enrolling(_log, terms.Name, FleetsOf(terms.Fleets), by.Name);
            return (token, secret);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The fleets of a token in words.</summary>
    public static string FleetsOf(IReadOnlyList<string>? fleets) => fleets switch
    {
        null => "all fleets",
        [var only] => $"fleet {only}",
        _ => $"fleets {Sentence.And(fleets)}",
    };

    private static string Detail(EnrollmentTerms terms)
    {
        var machines = terms.Fleets is { Count: > 1 } several ? $"for machines of {FleetsOf(several)}" : "for machines";
        return $"{machines}, {(terms.MaxUses is { } uses ? Quantity.Of(uses, "use") : "any number of uses")}";
    }
}

/// <summary>The name and limits of an enrollment token.</summary>
/// <param name="Name">The name: 1 to 64 letters, digits and <c>. _ -</c>.</param>
internal sealed record EnrollmentTerms(string Name)
{
    /// <summary>The fleets it is for, each once; null for all.</summary>
    public IReadOnlyList<string>? Fleets { get; init; }

    /// <summary>How many clients it lets in; null for any number.</summary>
    public int? MaxUses { get; init; }

    /// <summary>How long it is valid; null for until it is revoked.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>How long its clients may be silent before they are pruned; null where the configuration says it.</summary>
    public TimeSpan? PruneTimeout { get; init; }

    /// <summary>The tags that its clients get.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = Store.Tags.None;
}
