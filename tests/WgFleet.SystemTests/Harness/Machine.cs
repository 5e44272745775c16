using System.Net;
using System.Net.Sockets;

namespace WgFleet.SystemTests.Harness;

/// <summary>
/// A computer of a test: network, mount and process namespaces of its own, with /etc/wireguard and /var/lib on a folder
/// that outlives it and a /run that does not. It runs as long as its first process; with that, everything in it ends.
/// </summary>
internal sealed class Machine : IAsyncDisposable
{
    // Its first process waits for the end of its input, which comes with PowerOff and with the end of the test process.
    private const string Boot = """
        set -e
        read -r pid _ </proc/self/stat
        mount -t proc proc /proc
        mount -t sysfs sysfs /sys
        mount -t tmpfs -o mode=755 tmpfs /run
        mount --bind "$1/etc-wireguard" /etc/wireguard
        mount --bind "$1/var-lib" /var/lib
        ip link set lo up
        echo "$pid"
        read -r _ || true
        """;

    private readonly RunningProcess _first;
    private readonly int _pid;
    private readonly string[] _enter;
    private readonly NetworkNamespace _network;
    private readonly HttpClient _http;

    private Machine(string name, string disk, RunningProcess first, int pid)
    {
        Name = name;
        Disk = disk;
        _first = first;
        _pid = pid;
        _enter = ["nsenter", $"--target={pid}", "--mount", "--net", "--pid", "--"];
        _network = new NetworkNamespace(pid);
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) => new NetworkStream(
                await _network.ConnectAsync(
                    new IPEndPoint(IPAddress.Parse(context.DnsEndPoint.Host), context.DnsEndPoint.Port), cancellationToken),
                ownsSocket: true),

            // A connection for each request, as clients that run curl now and then make them.
            PooledConnectionLifetime = TimeSpan.Zero,
            AllowAutoRedirect = false,
            UseProxy = false,
        })
        { Timeout = 4 * Deadline.Hang }; // Ten thousand at once wait for each other.
    }

    public string Name { get; }

    /// <summary>The folder that outlives the machine: etc-wireguard and var-lib in it.</summary>
    public string Disk { get; }

    /// <summary>The switch's port that it is plugged in to.</summary>
    public string? Port { get; private set; }

    public NetworkNamespace Network => _network;

    /// <summary>A path of the machine as the test sees it, /run for example.</summary>
    public string Seen(string path) => $"/proc/{_pid}/root{path}";

    public static async Task<Machine> BootAsync(string name, string disk)
    {
        Directory.CreateDirectory(Path.Combine(disk, "var-lib"));
        Directory.CreateDirectory(Path.Combine(disk, "etc-wireguard"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var first = RunningProcess.Start(
            "unshare", "--mount", "--net", "--pid", "--fork", "--propagation", "private", "bash", "-c", Boot, name, disk);
        await Deadline.UntilAsync($"{name} has booted", () => first.Output.EndsWith('\n') || first.Exited.IsCompleted);
        return int.TryParse(first.Output, out var pid)
            ? new Machine(name, disk, first, pid)
            : throw new InvalidOperationException($"{name} does not boot (are you root?): {first.Error}");
    }

    /// <summary>Runs a command in the machine to its end; fails if the command fails.</summary>
    public async Task<string> RunAsync(params string[] command) =>
        (await TryRunAsync(command)).Succeeded($"{Name}: {string.Join(' ', command)}");

    /// <summary>Runs a command in the machine to its end, whatever that is.</summary>
    public Task<Finished> TryRunAsync(params string[] command) => RunningProcess.RunAsync([.. _enter, .. command]);

    /// <summary>A command that runs in the machine's network, but with the disks and processes of the machine of the tests.</summary>
    public string[] InItsNetwork(params string[] command) => ["nsenter", $"--target={_pid}", "--net", "--", .. command];

    /// <summary>Starts a command in the machine.</summary>
    public RunningProcess Start(params IEnumerable<string> command) => RunningProcess.Start([.. _enter, .. command]);

    /// <summary>Runs ip(8) commands in its network; process ids in them are those that the test sees.</summary>
    public async Task IpAsync(string batch) =>
        (await RunningProcess.RunAsync(InItsNetwork("ip", "-batch", "-"), batch)).Succeeded($"{Name}: ip {batch}");

    /// <summary>Gives the machine an eth0 with a cable to <paramref name="port"/> of the switch.</summary>
    public Task PlugInAsync(Machine to, string port)
    {
        Port = port;
        return to.IpAsync($"""
            link add {port} type veth peer name eth0 netns {_pid}
            link set {port} master br0 up

            """);
    }

    /// <summary>Sends a request from the machine.</summary>
    /// <exception cref="HttpRequestException">No server answers.</exception>
    public async Task<Answer> SendAsync(
        HttpMethod method, string url, byte[]? body = null, string? contentType = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, url);
        if (body is not null)
            request.Content = new ByteArrayContent(body);

        if (contentType is not null)
            request.Content!.Headers.TryAddWithoutValidation("content-type", contentType);

        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);

        using var response = await AnswerAsync(request);
        return new Answer(
            (int)response.StatusCode,
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            response.Content.Headers.TryGetValues("content-type", out var type) ? string.Join(", ", type) : null,
            response.Content.Headers.TryGetValues("allow", out var allow) ? string.Join(", ", allow) : null,
            response.Headers.TryGetValues("location", out var location) ? string.Join(", ", location) : null);
    }

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request)
    {
        try
        {
            return await _http.SendAsync(request, TestContext.Current.CancellationToken);
        }
        catch (SocketException e)
        {
            // From HttpClient itself, if the server ends in the moment after it has accepted the connection.
            throw new HttpRequestException(e.Message, e);
        }
    }

    /// <summary>Cuts the power: all its processes, interfaces and its /run are gone when this returns; its disk stays.</summary>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _network.Dispose();
        _first.Input.Close();
        await Task.WhenAny(_first.Exited, Task.Delay(Deadline.Hang));
        await _first.DisposeAsync();
    }
}

/// <summary>An HTTP answer, as text.</summary>
internal sealed record Answer(int Status, string Body, string? ContentType = null, string? Allow = null, string? Location = null);
