namespace WgFleet.Queries;

/// <summary>What a list of clients can be sorted by.</summary>
internal enum ClientSort
{
    /// <summary>The order of registration: the row's id.</summary>
    Id,
    Hostname,
    Address,
    Registered,
    Seen,
    Handshake,
    Traffic,
}

/// <summary>The names by which callers ask for a <see cref="ClientSort"/>.</summary>
internal static class ClientSorts
{
    /// <summary>All that callers can ask for.</summary>
    public static readonly IReadOnlyList<string> Names = ["registered", "hostname", "address", "seen", "handshake", "traffic"];

    /// <summary>The sort with this name; null if there is none.</summary>
    public static ClientSort? Parse(string? name) =>
        name is not null && Names.Contains(name) && Enum.TryParse<ClientSort>(name, ignoreCase: true, out var sort) ? sort : null;
}
