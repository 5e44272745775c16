using WgFleet.Config;
using WgFleet.Config.Reading;
using WgFleet.Config.Yaml;
using WgFleet.Hooks.Admin;
using WgFleet.Hooks.Discovery;
using WgFleet.Hooks.Projections;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet;

/// <summary>Reads the configuration for a running server. Keys that need a restart keep their value and are logged.</summary>
internal static partial class Reload
{
    /// <summary>Keys that need a restart.</summary>
    private static readonly (string Key, Func<ServerConfig, string> Value)[] Held =
    [
        ("listen", config => string.Join(' ', config.Listen)),
        ("tls", config => config.Tls is { } tls ? $"{tls.Certificate} {tls.Key} {string.Join(' ', tls.Listen)}" : ""),
        ("database", config => config.DatabaseName),
        ("admin_socket", config => config.AdminSocket),
        ("gateway", config => config.Gateway?.ToString() ?? ""),
    ];

    /// <summary>The new configuration; null if the file has errors, which the log and the outcome of the request then list.</summary>
    public static ServerConfig? Read(string path, ServerConfig running, WrittenFileStore written, ReloadRequests requests, ILogger log)
    {
        var read = ConfigFile.Load(path);
        var (errors, warnings) = read.Config is null ? (read.Problems, []) : HookCheck.Of(read.Config, HookDiscovery.Of(read.Config));
        if (read.Config is not null)
            errors = [.. errors, .. new FileOwnership(ProjectedFile.Of(read.Config), written.Now).Problems()];

        foreach (var warning in read.Warnings.Concat(warnings))
            Log.Warning(log, warning);

        foreach (var error in errors)
            Log.Error(log, error);

        requests.Note(errors.Select(e => e.ToString()), read.Warnings.Concat(warnings).Select(w => w.ToString()));
        if (read.Config is not { } config || errors.Count > 0)
        {
            Log.Refused(log, path);
            return null;
        }

        foreach (var (key, _) in Held.Where(held => held.Value(config) != held.Value(running)))
        {
            Log.Held(log, key);
            requests.Note([], [$"{key} has changed, which needs a restart; the previous value stays in effect"]);
        }

        return config with { Listen = running.Listen, Tls = running.Tls, Database = running.Database, PostgresFile = running.PostgresFile, Gateway = running.Gateway, AdminSocket = running.AdminSocket };
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Problem}")]
        public static partial void Warning(ILogger log, Problem problem);

        [LoggerMessage(2, LogLevel.Error, "{Problem}")]
        public static partial void Error(ILogger log, Problem problem);

        [LoggerMessage(3, LogLevel.Error, "Nothing was changed: {Path} has errors; correct it and reload again")]
        public static partial void Refused(ILogger log, string path);

        [LoggerMessage(4, LogLevel.Warning, "{Key} has changed in the configuration, which needs a restart; the previous value stays in effect")]
        public static partial void Held(ILogger log, string key);
    }
}
