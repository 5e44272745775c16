using System.Diagnostics;
using WgFleet.Config;
using WgFleet.Config.Reading;
using WgFleet.Hooks.Deliveries.Webhook;
using WgFleet.Hooks.Projections;
using WgFleet.Hooks.Templates;
using WgFleet.Hosting;
using WgFleet.Http.Listening;
using WgFleet.Linux;
using WgFleet.Store.Postgres;
using WgFleet.Tunnels;

namespace WgFleet.Tests.Linux;

/// <summary>Where people name a file, a pipe without a writer keeps nobody waiting, and a device without an end is not read.</summary>
public sealed class RegularFileTests : IDisposable
{
    private static readonly TimeSpan Hang = TimeSpan.FromMinutes(3);

    private static readonly Dictionary<string, Func<string, string?>> Readers = new()
    {
        ["configuration"] = path => ConfigFile.Load(path, new Dictionary<string, string>()).Problems[0].ToString(),
        ["roster"] = path => Yaml.Load($"{Yaml.Minimal}    roster: {path}\n").Problems[0].ToString(),
        ["certificate"] = path => Should.Throw<StartupException>(() => CertificateFiles.Load(new TlsConfig { Certificate = path, Key = path })).Message,
        ["template"] = path => Should.Throw<TemplateException>(() => new TemplateSource(path).Load()).Message,
        ["secret of a webhook"] = SecretFile.Problem,
        ["connection to PostgreSQL"] = path => Should.Throw<StartupException>(() => ConnectionText.Read(path)).Message,
        ["pid file"] = path => Should.Throw<IOException>(() => PidFile.Signal(path, null, 1)).Message,
        ["wg_FLEET.conf"] = path => Should.Throw<TunnelException>(() => ConfStore.Read(path)).Message,
        ["file of a projection"] = path => Should.Throw<IOException>(() => new FileDiffs().Replace(path, "x"u8)).Message,
    };

    private readonly Folder _folder = new();

    public static TheoryData<string> Names => new(Readers.Keys);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_pipe_or_a_device_is_refused_at_once(string what)
    {
        foreach (var path in new[] { await PipeAsync(), "/dev/zero" })
            (await Task.Run(() => Readers[what](path), Ct).WaitAsync(Hang, Ct)).ShouldNotBeNull().ShouldContain("not a regular file");
    }

    [Theory]
    [InlineData("check --config PIPE", 78)]
    [InlineData("fleets --config PIPE", 78)]
    [InlineData("fleets --server http://127.0.0.1:1 --token-file PIPE", 1)]
    [InlineData("fleets --server http://127.0.0.1:1 --cacert PIPE", 1)]
    [InlineData("restore PIPE --config CONFIG", 1)]
    public async Task A_command_refuses_a_pipe_at_once(string command, int code)
    {
        var line = command.Replace("PIPE", await PipeAsync(), StringComparison.Ordinal).Replace("CONFIG", CommandRun.Config(_folder), StringComparison.Ordinal);

        var run = await CommandRun.RunAsync(line.Split(' ')).WaitAsync(Hang, Ct);

        (run.ExitCode, run.Error.Contains("not a regular file", StringComparison.Ordinal)).ShouldBe((code, true), run.Error);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private async Task<string> PipeAsync()
    {
        var pipe = _folder.File("pipe");
        using var mkfifo = Process.Start("mkfifo", ["-m", "600", pipe]);
        await mkfifo.WaitForExitAsync(Ct);
        return pipe;
    }
}
