using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using WgFleet.Fleets;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Access;

/// <summary>Creates, verifies and revokes all tokens. Verifying takes no lock and reads no database.</summary>
internal sealed partial class TokenRegistry : IDisposable
{
    /// <summary>The hash that a token with an unknown id is compared with, so that it takes as long as with a known id.</summary>
    private static readonly string Nobody = new('0', 64);

    private readonly TokenStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger<TokenRegistry> _log;
    private readonly RecordAct _record;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly ConcurrentDictionary<string, EnrollmentToken> _machines = new(StringComparer.Ordinal);
    private volatile ImmutableList<TokenRow> _tokens;

    // The id of the token whose revocation is being saved. It is no longer accepted, so that its holder cannot read the event of the revocation.
    private volatile string? _revoking;

    public TokenRegistry(TokenStore store, RecordAct record, TimeProvider time, ILogger<TokenRegistry> log)
    {
        (_store, _record, _time, _log) = (store, record, time, log);
        var all = store.All();
        _tokens = [.. all.Where(t => t.Kind == TokenRow.Admin)];
        foreach (var token in all.Where(t => t.Kind == TokenRow.Enrollment))
            _machines[token.Id] = new EnrollmentToken(token);

        FollowClock();
    }

    /// <summary>All tokens that were ever made, the oldest first.</summary>
    public IReadOnlyList<TokenRow> All => [.. _tokens.Concat(_machines.Values.Select(m => m.Row)).OrderBy(t => t.CreatedAt).ThenBy(t => t.Id, StringComparer.Ordinal)];

    /// <summary>
    /// Whether operators need a token: there is an admin token that is not revoked. One that has expired still counts: the passing of time must
    /// not open the server.
    /// </summary>
    public bool IsClosed => _tokens.Exists(t => t.Kind == TokenRow.Admin && t.RevokedAt is null);

    /// <summary>The token of this kind with this text; null if there is none, or it is revoked or expired.</summary>
    public TokenRow? Verify(string text, string kind)
    {
        if (!TokenSecret.TryRead(text, out var secret))
            return null;

        var revoking = _revoking;
        var found = _tokens.Find(t => t.Id == secret.Id && t.Kind == kind);
        return secret.Matches(found?.Hash ?? Nobody) && found is not null && IsLive(found, revoking) ? found : null;
    }

    /// <summary>The admin token with this id; null if there is none, or it is revoked or expired.</summary>
    public TokenRow? Live(string id)
    {
        var revoking = _revoking;
        return _tokens.Find(t => t.Id == id) is { } found && IsLive(found, revoking) ? found : null;
    }

    /// <summary>Makes an admin token. Completes when it is on disk, with its event.</summary>
    /// <param name="name">The name: 1 to 64 letters, digits and <c>. _ -</c>.</param>
    /// <param name="scope">read or write.</param>
    /// <param name="lifetime">How long it is valid; null for until it is revoked.</param>
    /// <param name="by">Who makes it.</param>
    /// <exception cref="RefusedException">The name is invalid or in use, or the scope is invalid.</exception>
    public async Task<(TokenRow Token, TokenSecret Secret)> CreateAdminAsync(string name, string scope, TimeSpan? lifetime, FleetOperator by)
    {
        CheckName(name);
        if (scope is not (TokenRow.Read or TokenRow.Write))
            throw new RefusedException(Refusal.Invalid, "a token's scope is read or write");

        await _gate.WaitAsync();
        try
        {
            var secret = Unused(name);
            var now = Now();
            var token = new TokenRow
            {
                Id = secret.Id,
                Kind = TokenRow.Admin,
                Name = name,
                Hash = secret.Hash,
                Scope = scope,
                CreatedAt = now,
                ExpiresAt = now + lifetime,
            };
            await _record(OperatorActed.By(by, OperatorActs.TokenCreated) with { Token = name, Detail = $"for operators, scope {scope}" }, c => TokenStore.Add(c, token));
            _tokens = _tokens.Add(token);
            Log.Created(_log, name, scope, by.Name);
            return (token, secret);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Revokes a token, which also ends every session that began with it. Completes when that is on disk, with its event.</summary>
    /// <param name="kind">Its kind; null for any.</param>
    /// <param name="name">Its name.</param>
    /// <param name="by">Who revokes it.</param>
    /// <param name="mayOpen">Whether it may be the last admin token, after which reading needs none.</param>
    /// <exception cref="RefusedException">There is no such token, or it is the last admin token.</exception>
    public async Task<TokenRow> RevokeAsync(string? kind, string name, FleetOperator by, bool mayOpen)
    {
        await _gate.WaitAsync();
        try
        {
            var token = Find(name) is { } found && (kind ?? found.Kind) == found.Kind ? found : throw new RefusedException(Refusal.NotFound, $"there is no token '{name}'");
            if (!mayOpen && token.Kind == TokenRow.Admin && _tokens.Count(t => t.RevokedAt is null) == 1)
                throw new RefusedException(Refusal.Conflict, "this is the last admin token, and without one reading needs no token: revoke it on the server itself");

            var revoked = token with { RevokedAt = Now() };
            await SaveRevocationAsync(token, revoked, by);
            Log.Revoked(_log, name, by.Name);
            return revoked;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>
    /// A token that was made in the future, by a clock that was ahead, is made now: otherwise it would be valid for as much longer. Blocks if there is one.
    /// </summary>
    /// <exception cref="WgFleet.Store.Engine.StoreException">It cannot be saved.</exception>
    public void FollowClock()
    {
        _gate.Wait();
        try
        {
            var now = Now();
            foreach (var token in _tokens.Concat(_machines.Values.Select(m => m.Row)).Where(t => t.CreatedAt > now.AddSeconds(1)).ToList())
            {
                var clamped = token with { CreatedAt = now, ExpiresAt = now + (token.ExpiresAt - token.CreatedAt) };
                _store.SetTimes(token.Id, clamped.CreatedAt, clamped.ExpiresAt);
                if (_machines.TryGetValue(token.Id, out var machine))
                    machine.SetTimes(clamped.CreatedAt, clamped.ExpiresAt);
                else
                    _tokens = _tokens.Replace(token, clamped);

                Log.MadeInFuture(_log, token.Name, token.CreatedAt, clamped.ExpiresAt);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    /// <summary>Saves that a token is revoked. Nobody can use it from the start of this; if this fails, everybody can again.</summary>
    private async Task SaveRevocationAsync(TokenRow token, TokenRow revoked, FleetOperator by)
    {
        var at = revoked.RevokedAt!.Value;
        var machine = _machines.GetValueOrDefault(token.Id);
        machine?.SetRevoked(at);
        _revoking = token.Id;
        try
        {
            await _record(OperatorActed.By(by, OperatorActs.TokenRevoked) with { Token = token.Name, OnFleet = OneOf(token.Fleets) }, c => TokenStore.Revoke(c, token.Id, at));
            if (machine is null)
                _tokens = _tokens.Replace(token, revoked);
        }
        catch
        {
            machine?.SetRevoked(null);
            throw;
        }
        finally
        {
            _revoking = null;
        }
    }

    /// <param name="token">A token as it was found.</param>
    /// <param name="revoking">The token that was being revoked, read before <paramref name="token"/> was looked for: a revocation ends with the new row in the list.</param>
    private bool IsLive(TokenRow token, string? revoking) => token.RevokedAt is null && token.Id != revoking && (token.ExpiresAt is not { } end || _time.GetUtcNow().UtcDateTime < end);

    // Names are unique among both kinds.
    private TokenRow? Find(string name) =>
        _tokens.Find(t => t.Name == name && t.RevokedAt is null) ?? _machines.Values.FirstOrDefault(m => m.Name == name && !m.IsRevoked)?.Row;

    /// <summary>The fleet of an act with a token; null if the token is for several, or for all.</summary>
    private static string? OneOf(IReadOnlyList<string>? fleets) => fleets is [var only] ? only : null;

    private static void CheckName(string name)
    {
        if (!NameFormat().IsMatch(name))
            throw new RefusedException(Refusal.Invalid, "a token's name is 1 to 64 letters, digits and . _ -");
    }

    private TokenSecret Unused(string name)
    {
        if (Find(name) is not null)
            throw new RefusedException(Refusal.Conflict, $"there is a token '{name}' already; revoke it first, or use another name");

        var secret = TokenSecret.Generate();
        while (_tokens.Exists(t => t.Id == secret.Id) || _machines.ContainsKey(secret.Id))
            secret = TokenSecret.Generate();

        return secret;
    }

    private DateTime Now() => Utc.Stored(_time.GetUtcNow()).UtcDateTime;

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex NameFormat();

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Admin token {Token} with scope {Scope} was made by {Operator}")]
        public static partial void Created(ILogger log, string token, string scope, string @operator);

        [LoggerMessage(2, LogLevel.Information, "Token {Token} was revoked by {Operator}")]
        public static partial void Revoked(ILogger log, string token, string @operator);

        [LoggerMessage(3, LogLevel.Information, "Enrollment token {Token} for {Fleet} was made by {Operator}")]
        public static partial void Enrolling(ILogger log, string token, string fleet, string @operator);

        [LoggerMessage(4, LogLevel.Warning, "Token {Token} was made while the clock was ahead, at {Made:u}; it now expires at {Expires:u}")]
        public static partial void MadeInFuture(ILogger log, string token, DateTime made, DateTime? expires);
    }
}
