using System.Net;

namespace WgFleet.Http.Api;

/// <summary>One target of Prometheus, as http_sd_configs reads it.</summary>
internal sealed record Target(IReadOnlyList<string> Targets, IReadOnlyDictionary<string, string> Labels)
{
    public static Target Of(IPAddress address, int port, string hostname, string fleet) => new(
        [new IPEndPoint(address, port).ToString()],
        new Dictionary<string, string> { ["job"] = "node_exporter", ["hostname"] = hostname, ["fleet"] = fleet });
}
