using System.Text.Json.Serialization;
using WgFleet.Http.Api;

namespace WgFleet.Cli.Ssh;

/// <summary>What became of the command on one machine.</summary>
internal sealed record RunResult
{
    public required string Fleet { get; init; }

    public string? Hostname { get; init; }

    public required string Address { get; init; }

    /// <summary>The command ended with 0.</summary>
    public bool Ok => Failure is null;

    /// <summary>Why it failed, in a few words; absent if it did not.</summary>
    public string? Failure { get; init; }

    /// <summary>The command's exit code; absent if it did not run to its end.</summary>
    public int? ExitCode { get; init; }

    /// <summary>How long it took, in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>The last line of its error output; empty if there is none.</summary>
    public string LastError { get; init; } = "";

    /// <summary>The name under which people know the machine.</summary>
    [JsonIgnore]
    public string Name => Hostname ?? Address;

    public static RunResult Of(ClientInfo client) => new() { Fleet = client.Fleet, Hostname = client.Hostname, Address = client.Address };
}

/// <summary>The JSON of <c>wg-fleet run</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<RunResult>))]
internal sealed partial class RunJson : JsonSerializerContext;
