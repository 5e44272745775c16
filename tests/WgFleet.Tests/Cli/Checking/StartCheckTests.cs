using Microsoft.Extensions.Logging.Abstractions;
using WgFleet.Cli;
using WgFleet.Cli.Checking;
using WgFleet.Config;
using WgFleet.Hosting;
using WgFleet.Http.Listening;
using WgFleet.Linux;
using WgFleet.Store.Engine;
using WgFleet.Store.Sqlite;

namespace WgFleet.Tests.Cli.Checking;

/// <summary>What a start refuses, wg-fleet check refuses in the same words, and touches nothing.</summary>
public sealed class StartCheckTests : IDisposable
{
    private readonly Folder _folder = new();

    [Fact]
    public void Check_refuses_missing_TLS_files_as_a_start_does()
    {
        var tls = new TlsConfig { Certificate = _folder.File("cert.pem"), Key = _folder.File("key.pem") };

        var start = Should.Throw<StartupException>(() => new CertificateFiles(tls, NullLogger.Instance));

        Errors(Some.Config(_folder.Path) with { Tls = tls }).ShouldBe([start.Message]);
        start.Message.ShouldContain("cannot be used");
    }

    [Fact]
    public async Task Check_refuses_a_secret_of_the_provider_that_is_missing_empty_or_open_to_others()
    {
        var file = _folder.File("oidc-secret");
        var config = Some.Config(_folder.Path) with { Oidc = new() { Issuer = "https://login.example.com", ClientId = "x", ClientSecretFile = file, Name = "Example", Roles = [] } };

        Errors(config).ShouldBe([$"oidc: there is no secret file {file}"]);
        await File.WriteAllTextAsync(file, "\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Errors(config).ShouldBe([$"oidc: secret file {file} is open to others (mode 0404): chmod 600 {file}"]);
        File.SetUnixFileMode(file, UnixFileMode.UserRead);
        Errors(config).ShouldBe([$"oidc: secret file {file} is empty"]);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(file, "hunter2\n", TestContext.Current.CancellationToken);
        Errors(config).ShouldBeEmpty();
    }

    [Fact]
    public async Task Check_refuses_TLS_files_without_a_certificate_as_a_start_does()
    {
        var tls = new TlsConfig { Certificate = _folder.File("cert.pem"), Key = _folder.File("key.pem") };
        await File.WriteAllTextAsync(tls.Certificate, "nonsense", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(tls.Key, "nonsense", TestContext.Current.CancellationToken);

        var start = Should.Throw<StartupException>(() => new CertificateFiles(tls, NullLogger.Instance));

        Errors(Some.Config(_folder.Path) with { Tls = tls }).ShouldBe([start.Message]);
    }

    [Fact]
    public async Task Check_refuses_a_hosts_file_of_somebody_else_as_a_start_does_and_neither_changes_it()
    {
        var config = Some.Config(_folder.Path) with { HostsFile = _folder.File("etc-hosts") };
        await File.WriteAllTextAsync(config.HostsFile, "127.0.0.1 localhost\n", TestContext.Current.CancellationToken);

        var start = await Should.ThrowAsync<StartupException>(new Server(config).RunAsync(_ => { }));

        Errors(config).ShouldBe([start.Message]);
        start.Message.ShouldStartWith($"hosts_file: {config.HostsFile} exists and was not written by wg-fleet");
        File.ReadAllText(config.HostsFile).ShouldBe("127.0.0.1 localhost\n");
    }

    [Fact]
    public async Task Check_refuses_a_file_of_ours_that_was_changed_after_the_stop_as_every_start_does()
    {
        var config = Some.Config(_folder.Path);
        await using (await TestServer.StartAsync(_ => config))
            File.Exists(config.HostsFile).ShouldBeTrue();

        await File.WriteAllTextAsync(config.HostsFile, "127.0.0.1 localhost\n", TestContext.Current.CancellationToken);

        var start = await Should.ThrowAsync<StartupException>(new Server(config).RunAsync(_ => { }));
        var again = await Should.ThrowAsync<StartupException>(new Server(config).RunAsync(_ => { }));

        Errors(config).ShouldBe([start.Message]);
        again.Message.ShouldBe(start.Message);
        start.Message.ShouldStartWith($"hosts_file: {config.HostsFile} was changed after wg-fleet had stopped");
        File.ReadAllText(config.HostsFile).ShouldBe("127.0.0.1 localhost\n");
    }

    [Fact]
    public void Check_warns_of_directories_that_cannot_be_written()
    {
        using var readOnly = Folder.OfSize("1m");
        readOnly.Remount("ro");
        var config = Some.Config(_folder.Path) with { HostsFile = readOnly.File("hosts"), WireGuardDirectory = readOnly.Path };

        StartCheck.Warnings(config).Select(w => w.ToString()).ShouldBe(
        [
            $"hosts_file: directory {readOnly.Path} cannot be written by this user: the file is not written",
            $"wireguard_directory: directory {readOnly.Path} cannot be written by this user: if the server runs as the same user, it does not start or no fleet comes up",
        ]);
    }

    [Fact]
    public void Check_refuses_a_missing_database_directory_as_a_start_does_and_does_not_create_it()
    {
        var path = _folder.File("missing/clients.db");

        var start = Should.Throw<StartupException>(() => SqliteDatabase.Open(path, NullLogger.Instance));

        Errors(Some.Config(_folder.Path) with { Database = path }).ShouldBe([start.Message]);
        Directory.Exists(_folder.File("missing")).ShouldBeFalse();
    }

    [Fact]
    public async Task Check_refuses_a_file_that_is_not_a_database_and_does_not_change_it()
    {
        var path = _folder.File("clients.db");
        await File.WriteAllTextAsync(path, new string('x', 8192), TestContext.Current.CancellationToken);

        Errors(Some.Config(_folder.Path) with { Database = path }).ShouldHaveSingleItem().ShouldStartWith($"database {path} is corrupt or not a database");

        Directory.GetFiles(_folder.Path).ShouldBe([path]);
        Should.Throw<StartupException>(() => SqliteDatabase.Open(path, NullLogger.Instance)).Message.ShouldStartWith($"database {path} is corrupt or not a database");
    }

    [Fact]
    public void Check_refuses_a_database_of_a_newer_version_as_a_start_does()
    {
        var config = Some.Config(_folder.Path);
        SqliteDatabase.Open(config.Database, NullLogger.Instance).Dispose();
        Some.Execute(config.Database, "INSERT INTO schema_migrations (version, name, applied_at) VALUES (999, 'tomorrow', '2030-01-01')");

        var start = Should.Throw<StartupException>(() => SqliteDatabase.Open(config.Database, NullLogger.Instance));

        start.Message.ShouldContain("newer wg-fleet (schema 999");
        Errors(config).ShouldBe([start.Message]);
    }

    [Fact]
    public async Task Check_accepts_a_database_that_a_server_has_open_and_creates_no_file()
    {
        await using var test = await TestRegistry.StartAsync(_folder);
        await test.JoinAsync();
        var before = Directory.GetFiles(_folder.Path, "clients.db*");

        Errors(test.Config).ShouldBeEmpty();

        Directory.GetFiles(_folder.Path, "clients.db*").ShouldBe(before, ignoreOrder: true);
    }

    [Fact]
    public void Check_accepts_a_missing_database_and_does_not_create_it()
    {
        Errors(Some.Config(_folder.Path)).ShouldBeEmpty();

        Directory.GetFiles(_folder.Path, "*.db*").ShouldBeEmpty();
    }

    [Fact]
    public void Check_warns_of_a_missing_directory_of_a_file_that_is_written_later()
    {
        var config = Some.Config(_folder.Path) with { HostsFile = _folder.File("missing/hosts") };

        StartCheck.Warnings(config).Select(w => w.ToString()).ShouldBe([$"hosts_file: directory {_folder.File("missing")} does not exist: create it, or the file is not written"]);
    }

    [Fact]
    public void In_the_view_of_the_server_a_database_that_cannot_be_written_is_refused_as_a_start_does()
    {
        using var disk = Folder.OfSize("1m");
        disk.Remount("ro");
        var config = Some.Config(_folder.Path) with { Database = disk.File("clients.db") };

        var start = Should.Throw<StartupException>(() => SqliteDatabase.Open(config.Database, NullLogger.Instance));

        Errors(config, isServersView: true).ShouldBe([start.Message]);
        Errors(config).ShouldBeEmpty();
    }

    [Fact]
    public void A_directory_that_systemd_makes_before_the_start_may_be_missing()
    {
        var config = Some.Config(_folder.Path) with { Database = _folder.File("made/clients.db") };

        StartCheck.Errors(config, isServersView: true, [_folder.File("made")]).ShouldBeEmpty();
        Errors(config, isServersView: true).ShouldHaveSingleItem().ShouldContain("does not exist");
        Directory.Exists(_folder.File("made")).ShouldBeFalse();
    }

    [Fact]
    public void In_the_view_of_the_server_a_file_that_it_could_never_write_is_an_error_in_the_words_of_the_attempt()
    {
        using var disk = Folder.OfSize("1m");
        disk.Remount("ro");
        var config = Some.Config(_folder.Path) with { HostsFile = disk.File("hosts") };

        var attempt = Should.Throw<IOException>(() => new FileReplacer(TimeProvider.System).Replace(config.HostsFile, "x"u8));

        Errors(config, isServersView: true).ShouldBe([$"hosts_file: {attempt.Message}"]);
        StartCheck.Warnings(config, isServersView: true).ShouldBeEmpty();
    }

    public void Dispose() => _folder.Dispose();

    private static List<string> Errors(ServerConfig config, bool isServersView = false) => [.. StartCheck.Errors(config, isServersView).Select(p => p.ToString())];
}
