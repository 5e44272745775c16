using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Containers;

/// <summary>A store of images and containers of this test alone, for buildah and podman.</summary>
internal sealed class ContainerStore : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("wg-fleet-containers-").FullName;
    private readonly List<(string Name, RunningProcess Process)> _containers = [];

    private ContainerStore()
    {
        File.WriteAllText($"{_directory}/storage.conf", $"""
            [storage]
            driver = "overlay"
            graphroot = "{_directory}/storage"
            runroot = "{_directory}/run"

            """);

        // Without systemd on the machine, and with limits that any machine grants.
        File.WriteAllText($"{_directory}/containers.conf", """
            [engine]
            runtime = "runc"
            cgroup_manager = "cgroupfs"
            events_logger = "file"
            [containers]
            default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]

            """);
    }

    /// <summary>Builds both images from the program that the tests run.</summary>
    public static async Task<ContainerStore> BuildAsync()
    {
        var store = new ContainerStore();
        (await RunningProcess.RunAsync([.. store.Environment, Repository.PathOf("packaging/build-image"), Server.Executable])).Succeeded("build-image");
        return store;
    }

    /// <summary>Runs podman to its end.</summary>
    public Task<Finished> PodmanAsync(params string[] arguments) => RunningProcess.RunAsync([.. Environment, "podman", .. arguments]);

    /// <summary>Starts a container in the network of a machine, with a root that is read-only and a /run in memory.</summary>
    public RunningProcess Start(Machine network, string name, params string[] arguments)
    {
        var process = RunningProcess.Start([
            .. network.InItsNetwork([.. Environment, "podman", "run", "--rm", "--name", name, "--network", "host", "--read-only", "--tmpfs", "/run", .. arguments]),
        ]);
        _containers.Add((name, process));
        return process;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (name, process) in _containers)
        {
            await PodmanAsync("stop", "--time", "10", name);
            await process.DisposeAsync();
        }

        await PodmanAsync("rmi", "--all", "--force");
        Directory.Delete(_directory, recursive: true);
    }

    private string[] Environment => ["env", $"CONTAINERS_STORAGE_CONF={_directory}/storage.conf", $"CONTAINERS_CONF={_directory}/containers.conf"];
}
