using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using WgFleet.Cli.Output;
using WgFleet.Config;
using WgFleet.Hosting;
using WgFleet.Store.Copying;
using WgFleet.Store.Engine;
using WgFleet.Store.Opening;

namespace WgFleet.Cli.Databases;

/// <summary>One copy of the configured database, which is locked meanwhile. All methods block.</summary>
internal sealed class PreparedCopy : IDisposable
{
    private readonly HeldConnection _source;
    private readonly ServerConfig _target;
    private readonly DatabaseChoice _choice;
    private readonly string _name;
    private readonly IReadOnlyDictionary<CopiedTable, long> _counts;

    private PreparedCopy(HeldConnection source, ServerConfig target, DatabaseChoice choice)
    {
        (_source, _target, _choice) = (source, target, choice);
        _name = ConfiguredDatabase.NameOf(target);
        _counts = new StoreCopy(source.Connection).Count();
    }

    /// <summary>What will happen, for the question.</summary>
    public string Description =>
        $"This copies database {_source.Name}, with {Quantity.Of(Rows("clients"), "client")} and {Quantity.Of(Rows("events"), "event")}, to database {_name}. The first is not changed.";

    /// <summary>Locks the configured database, and looks whether the copy can be made. Changes nothing.</summary>
    /// <exception cref="StartupException">It cannot be made: one line that says what to do.</exception>
    /// <exception cref="StoreException">The database cannot be read.</exception>
    /// <exception cref="IOException">The target cannot be read.</exception>
    public static PreparedCopy Of(ServerConfig config, DatabaseChoice choice)
    {
        var target = choice.In(config);
        if (ConfiguredDatabase.IsSame(config, target))
            throw new StartupException($"database {ConfiguredDatabase.NameOf(config)} is the one that the configuration names; name another one with --to");

        if (choice.IsOtherFile)
            throw new StartupException($"{choice.Path} is there, and is not a database; if it is the secret file for PostgreSQL, write --to postgresql:{choice.Path}");

        var source = ConfiguredDatabase.Hold(config);
        try
        {
            var copy = new PreparedCopy(source, target, choice);
            copy.RefuseUsedTarget();
            return copy;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Makes the copy, and prints what was copied and what to do next.</summary>
    /// <inheritdoc cref="Of" path="/exception"/>
    /// <exception cref="OperationCanceledException">It was interrupted; the target is empty.</exception>
    public void Run(string configFile, CancellationToken cancellationToken)
    {
        var last = Copy(cancellationToken);
        Table.Print([.. _counts.Select(c => new[] { c.Key.Name, c.Value.ToString("N0", CultureInfo.InvariantCulture) })]);
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"""

            Copied to database {_name}, whose tables have as many rows. Its next event gets number {last + 1}.
            Now write this into {configFile}, and start the server:

                {_choice.Line}

            Database {_source.Name} is as it was. Keep it until the server runs well with the copy.
            """));
    }

    public void Dispose() => _source.Dispose();

    private long Copy(CancellationToken cancellationToken)
    {
        using var progress = new CopyProgress(!Console.IsErrorRedirected);
        try
        {
            using var database = ConfiguredDatabase.Open(_target, NullLogger.Instance);
            return new StoreCopy(_source.Connection).Run(database, _counts, progress.Show, cancellationToken);
        }
        catch (StoreException e)
        {
            throw new StartupException($"nothing was copied from {_source.Name} to {_name}: {e.Message}", e);
        }
        catch (FatalException e)
        {
            throw new StartupException($"the connection to {_name} broke at the end, so whether the copy is there is not known: run the command again, which says whether the database is empty", e);
        }
    }

    private void RefuseUsedTarget()
    {
        var used = ConfiguredDatabase.Check(_target, StoreCopy.TablesInUse, none: []) ?? (new FileInfo(_target.Database).Length > 0
            ? throw new StartupException($"database {_name} cannot be read now: check its owner and mode, and what else uses it")
            : []);
        if (used.Count > 0)
        {
            throw new StartupException($"database {_name} is not empty, it has rows in {string.Join(", ", used)}: "
                + (_choice.Path is null ? "name an empty one, which createdb makes" : "name a file that does not exist"));
        }
    }

    private long Rows(string table) => _counts.Single(c => c.Key.Name == table).Value;
}
