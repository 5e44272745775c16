using WgFleet.Config.Isolation;

namespace WgFleet.Config;

/// <summary>One fleet: a WireGuard interface, the networks whose addresses it hands out, and where clients reach it.</summary>
internal sealed record FleetConfig
{
    /// <summary>The fleet's name, at most 12 characters of [A-Za-z0-9_-].</summary>
    public required string Name { get; init; }

    /// <summary>The network in which each client has the address that it is known by: IPv6 if the fleet has it, else IPv4.</summary>
    public required FleetNetwork Network { get; init; }

    /// <summary>The IPv4 network beside an IPv6 one; null if the fleet has only one of them.</summary>
    public FleetNetwork? SecondNetwork { get; init; }

    /// <summary>All of its networks, the one of <see cref="Network"/> first.</summary>
    public IReadOnlyList<FleetNetwork> Networks => SecondNetwork is { } second ? [Network, second] : [Network];

    /// <summary>Its IPv4 network; null if it has none.</summary>
    public FleetNetwork? Network4 => Network.IsIPv4 ? Network : SecondNetwork;

    /// <summary>Where clients reach the gateway from outside: an address or a DNS name, without brackets.</summary>
    public required string ExternalIp { get; init; }

    /// <summary>WireGuard's UDP port.</summary>
    public required int Port { get; init; }

    /// <summary>What clients are told of their end of the tunnel.</summary>
    public ClientTunnelConfig Client { get; init; } = ClientTunnelConfig.Default;

    /// <summary>How long a client must be silent in its tunnel to count as offline: the server's offline_after.</summary>
    public TimeSpan OfflineAfter { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>Who may register.</summary>
    public EnrollmentConfig Enrollment { get; init; } = EnrollmentConfig.Open;

    /// <summary>What a client gets when it asks for a name.</summary>
    public HostnamePolicy Hostnames { get; init; }

    /// <summary>Whether any machine that reaches the server can join.</summary>
    public bool IsOpen => Enrollment.IsOpen && Approval == ApprovalPolicy.None;

    /// <summary>Which new machines wait until an operator lets them in.</summary>
    public ApprovalPolicy Approval { get; init; }

    /// <summary>Who may reach whom through the gateway; null if that is left to others.</summary>
    public IsolationConfig? Isolation { get; init; }

    /// <summary>The machines that are expected; null if nobody says, or not yet.</summary>
    public Roster? Roster { get; init; }

    /// <summary>Whether operators set the roster while the server runs, so that the database has it and no file.</summary>
    public bool RosterByApi { get; init; }

    /// <summary>Its time-table. If two phases take place at once, the fleet is in the one that stands first.</summary>
    public IReadOnlyList<PhaseConfig> Phases { get; init; } = [];

    /// <summary>The phase that the time-table has for a time; null if there is none.</summary>
    public Phase? PhaseAt(DateTimeOffset now) => Phases.Select(p => p.At(now)).FirstOrDefault(p => p is not null);

    /// <summary>Text that changes when what clients are told of their tunnels changes; null if nothing is configured that a client could miss.</summary>
    public string? TunnelMark => Client.MarkWith(SecondNetwork);

    /// <summary>What its interface is made of.</summary>
    public TunnelConfig Tunnel => new(Name, Network, SecondNetwork, Port, Client.Mtu);

    /// <summary>The WireGuard interface.</summary>
    public string Interface => Tunnel.Interface;
}

/// <summary>What a client of a fleet gets when it asks for a name. What an operator has said goes before each of them.</summary>
internal enum HostnamePolicy
{
    /// <summary>The name; if another client has it, the first free one of name--2, name--3 and so on.</summary>
    Suffix,

    /// <summary>The name, also if a client has it that is offline and loses it; if an online one has it, as with <see cref="Suffix"/>.</summary>
    Takeover,

    /// <summary>The name, or an error if another client has it.</summary>
    Refuse,

    /// <summary>The name of its seat in the roster, whatever it asks for, and none without a seat.</summary>
    Roster,
}

/// <summary>Which machines wait until an operator lets them in to a fleet. Clients that register again never do.</summary>
internal enum ApprovalPolicy
{
    /// <summary>No machine.</summary>
    None,

    /// <summary>Each machine.</summary>
    Operator,

    /// <summary>Each machine that belongs on no seat of the roster.</summary>
    Roster,
}
