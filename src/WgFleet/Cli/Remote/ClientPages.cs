using WgFleet.Http.Api;
using WgFleet.Queries;

namespace WgFleet.Cli.Remote;

/// <summary>Gets a list of clients, page by page.</summary>
internal static class ClientPages
{
    /// <summary>The first clients of a list, and how many the list has.</summary>
    /// <param name="client">Asks the server.</param>
    /// <param name="query">What is asked for, as NAME=VALUE with &amp; between.</param>
    /// <param name="most">How many are wanted.</param>
    /// <param name="cancellationToken">Ends the wait for the server.</param>
    /// <exception cref="AdminException">The server refuses, or does not answer.</exception>
    public static async Task<ClientsResponse> GetAsync(AdminClient client, string query, int most, CancellationToken cancellationToken)
    {
        var (clients, found, cursor) = (new List<ClientInfo>(), 0, (string?)"");
        while (cursor is not null && clients.Count < most)
        {
            var size = Math.Min(ClientList.MaxPageSize, most - clients.Count).ToString();
            var page = await client.GetAsync(
                $"/clients?{query}&limit={size}{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}", AdminJson.Default.ClientsResponse, cancellationToken);
            clients.AddRange(page.Clients);
            (found, cursor) = (page.Found, page.Next);
        }

        return new ClientsResponse(clients, found, null);
    }
}
