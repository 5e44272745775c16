using System.Net;
using WgFleet.Config.Isolation;

namespace WgFleet.Config;

/// <summary>One fleet: a WireGuard interface, the subnet it hands out, and where clients reach it.</summary>
internal sealed record FleetConfig
{
    /// <summary>The fleet's name, at most 12 characters of [A-Za-z0-9_-].</summary>
    public required string Name { get; init; }

    /// <summary>The gateway's own address in the tunnel.</summary>
    public required IPAddress Ip6 { get; init; }

    /// <summary>The gateway's own address as it is spelled in the file, which is how clients and wg_FLEET.conf get it.</summary>
    public required string Ip6Text { get; init; }

    /// <summary>The subnet that clients get addresses from, without host bits.</summary>
    public required IPNetwork Subnet { get; init; }

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

    /// <summary>
    /// Whether a client may have this address: one of the subnet, but neither the gateway's own nor the all-zero one, which is every
    /// router's (the subnet-router anycast address, RFC 4291 section 2.6.1).
    /// </summary>
    public bool MayAssign(IPAddress address) => Subnet.Contains(address) && !address.Equals(Ip6) && !address.Equals(Subnet.BaseAddress);

    /// <summary>What its interface is made of.</summary>
    public TunnelConfig Tunnel => new(Name, Ip6, Ip6Text, Subnet, Port, Client.Mtu);

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
