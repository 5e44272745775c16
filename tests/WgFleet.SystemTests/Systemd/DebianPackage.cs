using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Systemd;

/// <summary>The Debian package, built from this source by the script that operators use.</summary>
/// <param name="Path">The .deb file.</param>
internal sealed record DebianPackage(string Path)
{
    private static readonly TimeSpan BuildTime = TimeSpan.FromMinutes(45);

    private static readonly Lazy<Task<DebianPackage>> Built = new(() => BuildAsync("artifacts/systemd/package"));

    /// <summary>The package of this source, built once in a run of the tests; WG_FLEET_PACKAGE names one that is built already.</summary>
    public static Task<DebianPackage> CurrentAsync() =>
        Environment.GetEnvironmentVariable("WG_FLEET_PACKAGE") is { Length: > 0 } path ? Task.FromResult(new DebianPackage(path)) : Built.Value;

    /// <summary>Builds the package into a folder of the repository, which is emptied first.</summary>
    public static async Task<DebianPackage> BuildAsync(string folder)
    {
        var target = Repository.PathOf(folder);
        if (Directory.Exists(target))
            Directory.Delete(target, recursive: true);

        await using var build = RunningProcess.Start(Repository.PathOf("packaging/build-deb"), target);
        (await build.FinishedAsync(BuildTime)).Succeeded("packaging/build-deb");
        return new DebianPackage(Directory.GetFiles(target, "*.deb").ShouldHaveSingleItem());
    }

    /// <summary>A field of its control file, such as Version.</summary>
    public async Task<string> FieldAsync(string name) =>
        (await RunningProcess.RunAsync(["dpkg-deb", "--field", Path, name])).Succeeded("dpkg-deb --field").TrimEnd('\n');
}
