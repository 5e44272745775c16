using System.Diagnostics.CodeAnalysis;
using WgFleet.Config.Yaml;

namespace WgFleet.Config.Reading;

/// <summary>What reading the configuration gave: a value, or everything that is wrong with it.</summary>
/// <param name="Config">The configuration; null if there are problems.</param>
/// <param name="Problems">Everything wrong, by line.</param>
/// <param name="Warnings">What works but is probably not meant, by line.</param>
internal sealed record ConfigResult(ServerConfig? Config, IReadOnlyList<Problem> Problems, IReadOnlyList<Problem> Warnings)
{
    /// <summary>Whether the server can start with it.</summary>
    [MemberNotNullWhen(true, nameof(Config))]
    public bool IsValid => Config is not null;
}
