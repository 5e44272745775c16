using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace WgFleet.Access;

/// <summary>All sessions, by a random number that only the cookie has.</summary>
internal sealed class SessionStore(TimeProvider time) : ITicketStore
{
    /// <summary>One more session ends the oldest one, so that memory is bounded.</summary>
    private const int MaxSessions = 1000;

    private const string KeyItem = "key";

    private readonly Lock _gate = new();
    private readonly OrderedDictionary<string, AuthenticationTicket> _sessions = [];

    /// <summary>The session of a recognized request; null without one.</summary>
    public static string? KeyOf(AuthenticationProperties? properties) => properties?.Items.TryGetValue(KeyItem, out var key) == true ? key : null;

    /// <summary>Whether a session has not ended.</summary>
    public bool Has(string key)
    {
        lock (_gate)
            return _sessions.TryGetValue(key, out var ticket) && !(ticket.Properties.ExpiresUtc < time.GetUtcNow());
    }

    public Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        var key = RandomNumberGenerator.GetHexString(64, lowercase: true);
        ticket.Properties.Items[KeyItem] = key;
        lock (_gate)
        {
            var now = time.GetUtcNow();
            foreach (var (old, _) in _sessions.Where(s => s.Value.Properties.ExpiresUtc < now).ToList())
                _sessions.Remove(old);

            if (_sessions.Count == MaxSessions)
                _sessions.RemoveAt(0);

            _sessions.Add(key, ticket);
        }

        return Task.FromResult(key);
    }

    /// <summary>A session that began in the future, by a clock that was ahead, begins now: otherwise it would live for as much longer.</summary>
    public void FollowClock()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            foreach (var (key, ticket) in _sessions.Where(s => s.Value.Properties.IssuedUtc > now.AddSeconds(1)).ToList())
            {
                var clamped = ticket.Clone();
                clamped.Properties.ExpiresUtc = now + (ticket.Properties.ExpiresUtc - ticket.Properties.IssuedUtc);
                clamped.Properties.IssuedUtc = now;
                _sessions[key] = clamped;
            }
        }
    }

    public Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        lock (_gate)
        {
            // Another request may have ended it.
            if (_sessions.ContainsKey(key))
                _sessions[key] = ticket;
        }

        return Task.CompletedTask;
    }

    public Task<AuthenticationTicket?> RetrieveAsync(string key)
    {
        lock (_gate)
            return Task.FromResult(_sessions.GetValueOrDefault(key));
    }

    public Task RemoveAsync(string key)
    {
        lock (_gate)
            _sessions.Remove(key);

        return Task.CompletedTask;
    }
}
