using System.Net;
using WgFleet.Config.Isolation;
using WgFleet.Config.Yaml;

namespace WgFleet.Config.Reading;

/// <summary>A fleet while it is read: the values that could be read, with their lines.</summary>
internal sealed record FleetEntry(string Name, string Path)
{
    /// <summary>IPv6 before IPv4.</summary>
    public IReadOnlyList<NetworkEntry> Networks { get; init; } = [];

    public Located<string>? ExternalIp { get; init; }

    public Located<int>? Port { get; init; }

    public EnrollmentConfig Enrollment { get; init; } = EnrollmentConfig.Open;

    public ClientTunnelConfig Client { get; init; } = ClientTunnelConfig.Default;

    public IsolationConfig? Isolation { get; init; }

    public HostnamePolicy Hostnames { get; init; }

    public ApprovalPolicy Approval { get; init; }

    /// <summary>The line of <c>preshared</c>; 0 without it.</summary>
    public int PresharedLine { get; init; }

    public Roster? Roster { get; init; }

    public bool RosterByApi { get; init; }

    public IReadOnlyList<PhaseConfig> Phases { get; init; } = [];

    /// <summary>The fleet; null if a part of it is missing.</summary>
    public FleetConfig? ToConfig()
    {
        var networks = Networks.Select(n => n.ToNetwork()).OfType<FleetNetwork>().ToList();
        if (networks.Count == 0 || networks.Count < Networks.Count || ExternalIp is not { } externalIp || Port is not { } port)
            return null;

        return new FleetConfig
        {
            Name = Name,
            Network = networks[0],
            SecondNetwork = networks.ElementAtOrDefault(1),
            ExternalIp = externalIp.Value,
            Port = port.Value,
            Enrollment = Enrollment,
            Client = Isolation is null || networks.All(n => Client.Routes.Contains(n.Subnet)) ? Client : Client with { Routes = [.. Client.Routes.Union(networks.Select(n => n.Subnet))] },
            Isolation = Isolation,
            Hostnames = Hostnames,
            Approval = Approval,
            Roster = Roster,
            RosterByApi = RosterByApi,
            Phases = Phases,
        };
    }
}

/// <summary>A network of a fleet while it is read: the values that could be read, with their lines.</summary>
/// <param name="GatewayKey">The key of the gateway's address: ip6 or ip4.</param>
/// <param name="SubnetKey">The key of the subnet.</param>
internal sealed record NetworkEntry(string GatewayKey, string SubnetKey)
{
    public Located<IPAddress>? Gateway { get; init; }

    public string? GatewayText { get; init; }

    public Located<IPNetwork>? Subnet { get; init; }

    /// <summary>The network; null if a part of it is missing.</summary>
    public FleetNetwork? ToNetwork() => Gateway is { } gateway && Subnet is { } subnet ? new FleetNetwork(gateway.Value, GatewayText!, subnet.Value) : null;
}
