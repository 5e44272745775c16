using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace WgFleet.Access;

/// <summary>The sessions there are, by a number that only their cookie knows.</summary>
internal sealed class SessionStore(TimeProvider time) : ITicketStore
{
    /// <summary>More operators than any server has; the oldest session goes when one more begins.</summary>
    private const int Most = 1000;

    private readonly Lock _gate = new();
    private readonly OrderedDictionary<string, AuthenticationTicket> _sessions = [];

    public Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        var key = RandomNumberGenerator.GetHexString(64, lowercase: true);
        lock (_gate)
        {
            var now = time.GetUtcNow();
            foreach (var (old, _) in _sessions.Where(s => s.Value.Properties.ExpiresUtc < now).ToList())
                _sessions.Remove(old);

            if (_sessions.Count == Most)
                _sessions.RemoveAt(0);

            _sessions.Add(key, ticket);
        }

        return Task.FromResult(key);
    }

    public Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        lock (_gate)
        {
            // Not after it was ended by another request.
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
