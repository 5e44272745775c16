using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Systemd;

/// <summary>Configurations of the tests of the unit, and when a server with one is ready.</summary>
internal static class UnitConfig
{
    /// <summary>One fleet.</summary>
    public const string Alpha = """
        domain: example.net
        prune_timeout: 30m
        fleets:
          alpha:
            ip6: fd00:a0a8:34d:a0::1
            subnet: fd00:a0a8:34d:a0::/64
            external_ip: 192.0.2.1
            port: 51820

        """;

    /// <summary>Another fleet beside it.</summary>
    public const string Beta = """
          beta:
            ip6: fd00:a0a8:34d:b0::1
            subnet: fd00:a0a8:34d:b0::/64
            external_ip: 192.0.2.1
            port: 51821

        """;

    /// <summary>A configuration that no server takes.</summary>
    public const string Wrong = "domain: example.net\nprune_timeout: soon\n";

    /// <summary>Waits until the server says that it is ready. Only for units that do not say so themselves.</summary>
    public static Task ReadyAsync(SystemdMachine machine) => Deadline.UntilAsync("the server is ready", async () =>
        (await machine.TryRunAsync("curl", "-sf", "http://127.0.0.1:8000/readyz")).ExitCode == 0);
}
