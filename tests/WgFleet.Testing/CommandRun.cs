using System.Diagnostics;

namespace WgFleet.Testing;

/// <summary>Runs the program as a user does; returns its exit code and output.</summary>
internal sealed record CommandRun(int ExitCode, string Out, string Error)
{
    public static Task<CommandRun> RunAsync(params string[] arguments) => InZoneAsync(null, arguments);

    /// <summary>Runs it on a machine in this time zone, such as Asia/Kolkata; null for that of this machine.</summary>
    public static async Task<CommandRun> InZoneAsync(string? zone, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "wg-fleet"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (zone is not null)
            start.Environment["TZ"] = zone;

        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new CommandRun(process.ExitCode, await output, await error);
    }

    /// <summary>A valid configuration, with the changes of a test.</summary>
    public static string Config(Folder folder, Func<string, string>? change = null)
    {
        var path = folder.File("wg-fleet.yaml");
        File.WriteAllText(path, (change ?? (text => text))($"""
            domain: example.test
            prune_timeout: 30m
            listen: 127.0.0.1:18762
            database: {folder.File("clients.db")}
            hosts_file: {folder.File("hosts")}
            prometheus_file: {folder.File("targets.json")}
            wireguard_directory: {folder.File("wireguard")}
            fleets:
              alpha:
                ip6: fd00:a::1
                subnet: fd00:a::/64
                external_ip: 192.0.2.1
                port: 51820
            admin_socket: {folder.File("admin.sock")}

            """));
        return path;
    }
}
