using System.Text;
using WgFleet.Http.Api;
using WgFleet.Linux;
using WgFleet.Store;

namespace WgFleet.Cli.Ssh;

/// <summary>
/// How ssh(1) knows a machine: by the host key that the client registered with, or else by the one that it showed at the first connection. Host keys are
/// kept under the client's WireGuard key and not under its name or address, which another machine may get later.
/// </summary>
/// <param name="directory">Where the files for ssh are.</param>
internal sealed class HostKeys(string directory)
{
    /// <summary>The files of the user who runs the command: <c>wg-fleet/ssh</c> in XDG_STATE_HOME (XDG Base Directory Specification).</summary>
    public static HostKeys OfUser()
    {
        var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { } set && Path.IsPathFullyQualified(set)
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local/state");
        return new HostKeys(Path.Combine(state, "wg-fleet/ssh"));
    }

    /// <summary>The options that make ssh accept this machine and no other. Writes the file of the client's host key.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public IReadOnlyList<string> Options(ClientInfo client)
    {
        // Hexadecimal, because ssh takes host names in any case, and base64 has a slash.
        var name = Convert.ToHexStringLower(Convert.FromBase64String(client.PublicKey));
        var key = client.Facts?.GetValueOrDefault(Facts.SshHostKey);
        string file;
        try
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            file = Path.Combine(directory, key is null ? "known_hosts" : name);
            if (key is not null)
                Write(file, Encoding.ASCII.GetBytes($"{name} {key}\n"));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }

        return
        [
            $"HostKeyAlias={name}", $"UserKnownHostsFile=\"{file.Replace("%", "%%", StringComparison.Ordinal)}\"", "GlobalKnownHostsFile=/dev/null",
            $"StrictHostKeyChecking={(key is null ? "accept-new" : "yes")}", "HashKnownHosts=no", "UpdateHostKeys=no",
        ];
    }

    // Replacing a file looks through the directory, which has a file for each machine; most of them hold the key already.
    private static void Write(string file, ReadOnlySpan<byte> line)
    {
        if (!FileReplacer.Holds(file, line))
            new FileReplacer(TimeProvider.System).Replace(file, line);
    }
}
