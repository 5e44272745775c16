using System.Diagnostics.CodeAnalysis;
using WgFleet.Config.Yaml;

namespace WgFleet.Config.Reading;

/// <summary>The result of reading the configuration: the configuration, or all errors.</summary>
/// <param name="Config">The configuration; null if there are problems.</param>
/// <param name="Problems">All errors, by line.</param>
/// <param name="Warnings">All warnings, by line.</param>
internal sealed record ConfigResult(ServerConfig? Config, IReadOnlyList<Problem> Problems, IReadOnlyList<Problem> Warnings)
{
    /// <summary>
    /// The socket for operators, also if something else in the file is wrong, so that commands still find the server. Null if no key can be read, or if
    /// the value of this one is wrong: the default is then perhaps the socket of another server.
    /// </summary>
    public string? AdminSocket { get; init; }

    /// <summary>The result after a file was read; the configuration counts only if there are no errors.</summary>
    public static ConfigResult Of(ServerConfig? config, Diagnostics findings) =>
        new(findings.Errors.Count == 0 ? config : null, findings.Errors, findings.Warnings)
        {
            AdminSocket = findings.Errors.Any(e => e.Key == "admin_socket") ? null : config?.AdminSocket,
        };

    /// <summary>Whether the server can start with it.</summary>
    [MemberNotNullWhen(true, nameof(Config))]
    public bool IsValid => Config is not null;
}
