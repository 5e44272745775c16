using System.Net;
using WgFleet.Config.Isolation;
using WgFleet.Config.Yaml;

namespace WgFleet.Config.Reading;

/// <summary>A fleet while it is read: the values that could be read, with their lines.</summary>
internal sealed record FleetEntry(string Name, string Path)
{
    public Located<IPAddress>? Ip6 { get; init; }

    public string? Ip6Text { get; init; }

    public Located<IPNetwork>? Subnet { get; init; }

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
        if (Ip6 is not { } ip6 || Subnet is not { } subnet || ExternalIp is not { } externalIp || Port is not { } port)
            return null;

        return new FleetConfig
        {
            Name = Name,
            Ip6 = ip6.Value,
            Ip6Text = Ip6Text!,
            Subnet = subnet.Value,
            ExternalIp = externalIp.Value,
            Port = port.Value,
            Enrollment = Enrollment,
            Client = Isolation is null || Client.Routes.Contains(subnet.Value) ? Client : Client with { Routes = [.. Client.Routes, subnet.Value] },
            Isolation = Isolation,
            Hostnames = Hostnames,
            Approval = Approval,
            Roster = Roster,
            RosterByApi = RosterByApi,
            Phases = Phases,
        };
    }
}
