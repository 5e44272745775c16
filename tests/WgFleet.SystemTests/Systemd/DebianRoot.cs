using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Systemd;

/// <summary>A Debian system as folders, lowest last, as overlayfs takes them (mount(8)); machines write into a layer of their own.</summary>
/// <param name="Layers">The folders; nothing changes them once they are made.</param>
internal sealed record DebianRoot(string Layers)
{
    private static readonly TimeSpan Download = TimeSpan.FromMinutes(45);

    private static readonly Lazy<Task<DebianRoot>> MadeBare = new(MakeBareAsync);
    private static readonly Lazy<Task<DebianRoot>> MadeInstalled = new(MakeInstalledAsync);

    /// <summary>Debian without wg-fleet. The first test that ever asks waits for debootstrap; the result is kept in artifacts/.</summary>
    public static Task<DebianRoot> BareAsync() => MadeBare.Value;

    /// <summary>Debian with the package of this source installed, but neither configured nor started.</summary>
    public static Task<DebianRoot> InstalledAsync() => MadeInstalled.Value;

    private static async Task<DebianRoot> MakeBareAsync()
    {
        var folder = Repository.PathOf("artifacts/systemd/debian");
        await using var script = RunningProcess.Start(Repository.PathOf("tests/WgFleet.SystemTests/Systemd/make-debian-root"), folder);
        (await script.FinishedAsync(Download)).Succeeded("make-debian-root");
        return new DebianRoot(folder);
    }

    private static async Task<DebianRoot> MakeInstalledAsync()
    {
        var package = await DebianPackage.CurrentAsync();
        return await (await BareAsync()).WithAsync(Repository.PathOf("artifacts/systemd/installed"), ["dpkg", "--install", "/mnt/package.deb"], package.Path);
    }

    /// <summary>This system after a command has run in it, as a new layer in a folder that is made anew.</summary>
    private async Task<DebianRoot> WithAsync(string folder, IReadOnlyList<string> command, string package)
    {
        const string Script = """
            set -e
            rm -rf "$1"
            mkdir -p "$1/layer" "$1/work" "$1/root"
            mount -t overlay overlay -o "lowerdir=$2,upperdir=$1/layer,workdir=$1/work" "$1/root"
            cp "$3" "$1/root/mnt/package.deb"
            root=$1/root
            shift 3
            chroot "$root" "$@"
            rm "$root/mnt/package.deb"
            """;
        await using var made = RunningProcess.Start(["unshare", "--mount", "--propagation", "private", "bash", "-c", Script, "with", folder, Layers, package, .. command]);
        (await made.FinishedAsync()).Succeeded(string.Join(' ', command));
        return new DebianRoot($"{folder}/layer:{Layers}");
    }
}
