namespace WgFleet.Store.Engine;

/// <summary>A connection to a database, with the lock that keeps servers away from the database.</summary>
/// <param name="name">The database, as messages name it.</param>
/// <param name="connection">The connection.</param>
/// <param name="held">What has the lock.</param>
internal sealed class HeldConnection(string name, Connection connection, IDisposable held) : IDisposable
{
    public string Name => name;

    public Connection Connection => connection;

    public void Dispose()
    {
        connection.Dispose();
        held.Dispose();
    }
}
