namespace WgFleet.Cli.Remote;

/// <summary>Paths of the API that name a client.</summary>
internal static class ClientPath
{
    /// <param name="of">What is asked of: clients, removed or history.</param>
    /// <param name="which">The client, as it was typed.</param>
    /// <param name="fleet">Its fleet; null if that was not said.</param>
    /// <param name="below">What stands after the client, with its slash.</param>
    public static string Of(string of, string which, string? fleet, string below = "") =>
        $"/{of}/{Uri.EscapeDataString(which)}{below}{(fleet is null ? "" : $"?fleet={Uri.EscapeDataString(fleet)}")}";
}
