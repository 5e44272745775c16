using WgFleet.Cli.Remote;

namespace WgFleet.Cli.Backups;

/// <summary>The server that runs with a configuration, if one does: what it still has of a database whose file was deleted or replaced.</summary>
/// <param name="configFile">The configuration, which names its socket.</param>
/// <param name="database">The path of the database.</param>
internal sealed class RunningServer(string configFile, string database)
{
    /// <summary>Copies the database that the server still has open after its file was deleted or replaced.</summary>
    /// <param name="copy">The copy, which does not exist yet.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False if no server answers, or the file is where it was, so that it can be read.</returns>
    /// <exception cref="AdminException">The server refuses.</exception>
    /// <exception cref="IOException">The copy cannot be written.</exception>
    public Task<bool> CopyLostAsync(string copy, CancellationToken cancellationToken) => AskAsync(copy, cancellationToken);

    /// <summary>Whether a server runs that still has the database open after its file was deleted or replaced. It has lost its lock with the file.</summary>
    public async Task<bool> HasLostAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(null, cancellationToken);
        }
        catch (AdminException)
        {
            // Then the lock decides.
            return false;
        }
    }

    private async Task<bool> AskAsync(string? copy, CancellationToken cancellationToken)
    {
        using var client = new AdminClient(AdminClient.SocketOf(configFile));
        try
        {
            // Copying may take long. A server that hangs is found out by a short question.
            await AnswerLimit.AskAsync(client.ReadyAsync, cancellationToken);
        }
        catch (AdminException e) when (e.NoServer)
        {
            return false;
        }
        catch (AdminException)
        {
            // That it is not ready is an answer.
        }

        return await client.DownloadAsync($"/database?path={Uri.EscapeDataString(database)}", copy, cancellationToken);
    }
}
