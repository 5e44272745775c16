using Npgsql;
using WgFleet.Store.Engine;

namespace WgFleet.Store.Postgres;

/// <summary>
/// Takes, renews and gives back the lease on the database, on a connection of its own. Its methods block, for a fifth of the lease or so. Safe for concurrent use.
/// </summary>
internal sealed class GatewayLease : IDisposable
{
    /// <summary>The share of the lease after which this gateway stops writing if it could not renew it.</summary>
    private const double Safe = 0.7;

    private readonly NpgsqlDataSource _source;
    private readonly string _session;
    private readonly WriteFence _fence;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private PostgresLink? _link;

    /// <param name="connectionString">Npgsql's connection string.</param>
    /// <param name="duration">How long it lasts without a renewal.</param>
    /// <param name="fence">Is told whether this gateway may write.</param>
    /// <param name="time">The clock of this gateway.</param>
    public GatewayLease(string connectionString, TimeSpan duration, WriteFence fence, TimeProvider time)
    {
        (Duration, _fence, _time) = (duration, fence, time);
        var seconds = (int)Math.Ceiling(Pace.TotalSeconds);
        _session = FormattableString.Invariant($"SET timezone = 'UTC'; SET statement_timeout = {(int)Pace.TotalMilliseconds}; SET tcp_user_timeout = '5s'");
        _source = PostgresEngine.Source(new NpgsqlConnectionStringBuilder(connectionString) { Timeout = seconds, CommandTimeout = seconds, CancellationTimeout = -1 });
    }

    public TimeSpan Duration { get; }

    /// <summary>The time between two renewals, and how long one may take.</summary>
    public TimeSpan Pace => Duration / 5;

    /// <summary>Takes the lease if it is free, has expired or is this gateway's own; null if another gateway holds it.</summary>
    /// <exception cref="StoreException">PostgreSQL cannot be asked.</exception>
    public TakenLease? TryTake() => Ask(link =>
    {
        LeaseTable.Prepare(link);
        var asked = _time.GetTimestamp();
        var taken = LeaseTable.Take(link, _fence.Gateway, Duration);
        if (taken is not null)
            _fence.Take(taken.Token, Until(asked));

        return taken;
    });

    /// <summary>Renews the lease; tells the fence if it is lost. Does nothing if this gateway has none.</summary>
    /// <exception cref="StoreException">PostgreSQL cannot be asked, so it is not renewed.</exception>
    public void Renew()
    {
        if (_fence.Token is not { } token)
            return;

        Ask(link =>
        {
            // Before it is sent: the answer may be late, and the lease does not begin with it.
            var asked = _time.GetTimestamp();
            if (LeaseTable.Renew(link, token, Duration))
                _fence.Renew(token, Until(asked));
            else
                _fence.Lose(token);

            return true;
        });
    }

    /// <summary>Gives the lease back, if this gateway has it.</summary>
    /// <exception cref="StoreException">PostgreSQL cannot be asked; the lease ends by itself.</exception>
    public void Release()
    {
        if (_fence.Token is not { } token)
            return;

        _fence.Lose(token);
        Ask(link =>
        {
            LeaseTable.Release(link, token);
            return true;
        });
    }

    /// <summary>The gateway that holds the lease; empty if none does.</summary>
    /// <exception cref="StoreException">PostgreSQL cannot be asked.</exception>
    public string Holder() => Ask(LeaseTable.Holder);

    public void Dispose()
    {
        _link?.Dispose();
        _source.Dispose();
    }

    private long Until(long asked) => asked + (long)(Duration.TotalSeconds * Safe * _time.TimestampFrequency);

    private T Ask<T>(Func<Connection, T> ask)
    {
        lock (_gate)
        {
            try
            {
                return ask(_link ??= PostgresLink.Open(_source, _session));
            }
            catch (StoreException)
            {
                // It may be in any state, or lead to a server that takes no changes any longer.
                _link?.Dispose();
                _link = null;
                throw;
            }
        }
    }
}
