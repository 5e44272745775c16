using Microsoft.AspNetCore.Http.HttpResults;
using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Http.Api.Document;
using WgFleet.Store.Engine;
using WgFleet.Store.Opening;

namespace WgFleet.Http.Api.Endpoints;

/// <summary>What wg-fleet backup cannot read from files: the database after its file was deleted or replaced.</summary>
internal static class BackupEndpoints
{
    private const string ContentType = "application/vnd.sqlite3";

    public static void MapBackup(this ApiRoutes api) => api.Root.MapGet("/database", CopyAsync)
        .DescribeFile(ContentType)
        .Describe(
            "server", "getLostDatabase",
            "The database that the server still has open after its file was deleted or replaced; 204 if it is where it was, or another path is asked for; only over the admin socket");

    private static async Task<Results<FileStreamHttpResult, NoContent>> CopyAsync(
        string path, ServerConfig config, Database database, Func<Snapshot> current, CancellationToken cancellationToken)
    {
        if (config.PostgresFile is not null || path != config.Database)
            return TypedResults.NoContent();

        try
        {
            var seen = current().Fleets.SelectMany(f => f.ById.Values).Select(c => c.ToSeen()).ToList();
            var copy = await Task.Run(() => LostDatabase.Copy(database, path, seen), cancellationToken);
            return copy is null ? TypedResults.NoContent() : TypedResults.Stream(copy, ContentType);
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
        {
            throw new RefusedException(Refusal.Unavailable, $"what the server still has of its database cannot be copied: {e.Message}");
        }
    }
}
