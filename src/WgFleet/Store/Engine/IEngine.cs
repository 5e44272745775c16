namespace WgFleet.Store.Engine;

/// <summary>A database that this process holds, so that no other server uses it: where it is, and what its engine does in its own way.</summary>
internal interface IEngine : IDisposable
{
    Dialect Dialect { get; }

    /// <summary>Opens the connection that writes: at the start, and after it broke. Blocks.</summary>
    /// <exception cref="Hosting.StartupException">Another server uses the database.</exception>
    /// <exception cref="StoreException">The database cannot be opened.</exception>
    Connection OpenWriter();

    /// <summary>Opens a connection that only reads. Blocks.</summary>
    /// <exception cref="StoreException">The database cannot be opened.</exception>
    Connection OpenReader();

    /// <summary>Sets whether a commit waits until it is on disk, or may be lost in a power cut.</summary>
    /// <exception cref="StoreException">The connection does not work.</exception>
    void SetRelaxed(Connection writer, bool isRelaxed);

    /// <summary>Checks that the database which a write goes to is still the one that was opened.</summary>
    /// <exception cref="StoreException">What is wrong, and what to do.</exception>
    void CheckIdentity();

    /// <summary>
    /// What to tell of the trouble of an earlier write if it is certainly not over; null if a small write that succeeds would prove that it is.
    /// </summary>
    StoreException? Lasting(StoreException trouble);

    /// <summary>What people read when a server cannot start because of an error.</summary>
    Hosting.StartupException Refusal(Exception e);
}
