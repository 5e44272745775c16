using WgFleet.Fleets.State;

namespace WgFleet.Queries;

/// <summary>Which clients of a list are meant; all of them without any of the members.</summary>
internal sealed record ClientFilter
{
    public static readonly ClientFilter None = new();

    /// <summary>Text that <see cref="ClientSearch"/> finds; empty for all clients.</summary>
    public string Search { get; init; } = "";

    /// <summary>Only clients in this state; null for all.</summary>
    public ClientState? State { get; init; }

    /// <summary>Only those that are pinned, or only those that are not; null for all.</summary>
    public bool? Pinned { get; init; }

    /// <summary>Only those without a name, or only those with one; null for all.</summary>
    public bool? Unnamed { get; init; }

    /// <summary>Only those with this tag, as key=value; empty for all.</summary>
    public string Tag { get; init; } = "";

    /// <summary>Whether a client is in the list or not may change with time alone.</summary>
    public bool DependsOnTime => State is not null;

    /// <summary>Whether this client is meant. For one thread, since a search remembers what it has found.</summary>
    /// <param name="domain">The domain of full names.</param>
    /// <param name="now">The time as of which a client is online.</param>
    /// <returns>Null if every client is meant.</returns>
    public Func<RegisteredClient, bool>? Matcher(string domain, DateTimeOffset now)
    {
        if (this == None)
            return null;

        var search = Search.Length == 0 ? null : new ClientSearch(Search, domain);
        var tag = Tag.Length == 0 ? null : Tag.Split('=', 2);
        return client =>
            IsInState(client, now)
            && (Pinned is not { } pinned || pinned == client.Pinned is not null)
            && (Unnamed is not { } unnamed || unnamed == client.Hostname is null)
            && (tag is null || (tag.Length == 2 && client.Tags.TryGetValue(tag[0], out var value) && value == tag[1]))
            && search?.Finds(client) != false;
    }

    private bool IsInState(RegisteredClient client, DateTimeOffset now) => State switch
    {
        null => true,
        ClientState.Never => client.Liveness.LastHeard is null,
        _ => client.Liveness.IsOnline(now) == (State == ClientState.Online),
    };
}

/// <summary>What a client's tunnel says of it.</summary>
internal enum ClientState
{
    Online,

    /// <summary>Not online, whether it ever was or not.</summary>
    Offline,

    /// <summary>It has registered, and its tunnel has never been heard of.</summary>
    Never,
}

/// <summary>The words by which callers ask for a <see cref="ClientState"/>.</summary>
internal static class ClientStates
{
    /// <summary>All that callers can ask for.</summary>
    public static readonly IReadOnlyList<string> Names = ["online", "offline", "never"];

    /// <summary>The state with this name; null if there is none.</summary>
    public static ClientState? Parse(string? name) => name is not null && Names.Contains(name) ? Enum.Parse<ClientState>(name, ignoreCase: true) : null;

    public static string Name(ClientState state) => Names[(int)state];
}
