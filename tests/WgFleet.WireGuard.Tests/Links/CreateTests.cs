using WgFleet.WireGuard.Linux;
using WgFleet.WireGuard.Links;

namespace WgFleet.WireGuard.Tests.Links;

/// <summary>How an interface is created where the kernel answers as a test says, and the program is a script.</summary>
public sealed class CreateTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("wg-fleet-");
    private readonly ScriptedSocket _kernel = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Script => Path.Combine(_directory.FullName, "program");

    private string Written => Path.Combine(_directory.FullName, "written");

    public void Dispose()
    {
        _kernel.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_kernel_with_WireGuard_creates_it_and_no_program_is_started()
    {
        using var interfaces = Interfaces("touch \"$0.started\"");
        _kernel.QueueAnswer(0);

        (await interfaces.CreateAsync("wg_a", Ct)).ShouldBe(WireGuardImplementation.Kernel);

        File.Exists(Script + ".started").ShouldBeFalse();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_kernel_without_WireGuard_has_the_program_started_with_the_name_in_a_session_of_its_own()
    {
        using var interfaces = Interfaces($"""
            echo "$1 $(ps -o sid= -p $$ | tr -d ' ')" $$ "${"{LOG_LEVEL:-none}"}" > {Written}
            """);
        _kernel.QueueAnswer(Errno.NotSupported);

        (await interfaces.CreateAsync("wg_a", Ct)).ShouldBe(WireGuardImplementation.Userspace);

        var words = File.ReadAllText(Written).TrimEnd().Split(' ');
        words[0].ShouldBe("wg_a");
        words[1].ShouldBe(words[2]);
        words[3].ShouldBe("none");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_program_that_fails_is_an_error_with_its_last_lines_and_without_its_box()
    {
        using var interfaces = Interfaces("echo '┌──┐'; echo '│ no │' >&2; echo one; echo; echo ' Failed to create TUN device ' >&2; exit 1");
        _kernel.QueueAnswer(Errno.NotSupported);

        (await Should.ThrowAsync<WireGuardException>(interfaces.CreateAsync("wg_a", Ct))).Message
            .ShouldBe($"cannot create wg_a: {Script} wg_a failed: one / Failed to create TUN device");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_program_that_fails_without_output_is_said_to_give_no_reason()
    {
        using var interfaces = Interfaces("kill -9 $$");
        _kernel.QueueAnswer(Errno.NotSupported);

        (await Should.ThrowAsync<WireGuardException>(interfaces.CreateAsync("wg_a", Ct))).Message
            .ShouldBe($"cannot create wg_a: {Script} wg_a failed: it gave no reason");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_missing_program_is_named_with_the_other_way_out()
    {
        using var interfaces = new Interfaces(() => _kernel, new UserspaceProgram("wg-no-such-program"), TimeProvider.System);
        _kernel.QueueAnswer(Errno.NotSupported);

        (await Should.ThrowAsync<WireGuardException>(interfaces.CreateAsync("wg_a", Ct))).Message
            .ShouldBe("cannot create wg_a: the kernel has no WireGuard (`modprobe wireguard`), and wg-no-such-program is not installed (as a container: use the image wg-fleet:wireguard-go)");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_process_that_the_program_leaves_behind_outlives_it_and_delays_nobody()
    {
        using var interfaces = Interfaces($"sleep 600 & echo $! > {Written}");
        _kernel.QueueAnswer(Errno.NotSupported);

        await interfaces.CreateAsync("wg_a", Ct);

        using var left = System.Diagnostics.Process.GetProcessById(int.Parse(File.ReadAllText(Written)));
        left.HasExited.ShouldBeFalse();
        left.Kill();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_program_that_hangs_is_killed_when_the_caller_cancels()
    {
        using var mkfifo = System.Diagnostics.Process.Start("mkfifo", Written);
        await mkfifo.WaitForExitAsync(Ct);
        using var interfaces = Interfaces($"exec 3> {Written}; echo started >&3; sleep 600");
        using var cancellation = new CancellationTokenSource();
        _kernel.QueueAnswer(Errno.NotSupported);

        var create = interfaces.CreateAsync("wg_a", cancellation.Token);
        using var pipe = new StreamReader(Written);
        (await pipe.ReadLineAsync(Ct)).ShouldBe("started");
        await cancellation.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(create);
        (await pipe.ReadToEndAsync(Ct)).ShouldBe("");
    }

    [Fact(Timeout = 30_000)]
    public async Task An_existing_interface_is_an_error_that_names_it()
    {
        using var interfaces = Interfaces("exit 1");
        _kernel.QueueAnswer(Errno.AlreadyExists);

        (await Should.ThrowAsync<WireGuardException>(interfaces.CreateAsync("wg_a", Ct))).Message.ShouldBe("an interface wg_a exists already");
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_the_capability_the_error_names_it()
    {
        using var interfaces = Interfaces("exit 1");
        _kernel.QueueAnswer(Errno.NotPermitted);

        (await Should.ThrowAsync<WireGuardException>(interfaces.CreateAsync("wg_a", Ct))).Message
            .ShouldBe("not permitted to change wg_a: this needs CAP_NET_ADMIN; run as root, or grant that capability (in a container: --cap-add NET_ADMIN)");
    }

    [Theory]
    [InlineData("")]
    [InlineData("sixteen_letters_")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("größe")]
    [InlineData("..")]
    public async Task An_invalid_name_is_refused_without_asking_the_kernel(string name)
    {
        using var interfaces = Interfaces("exit 1");

        (await Should.ThrowAsync<WireGuardException>(interfaces.CreateAsync(name, Ct))).Message.ShouldContain("cannot be the name of an interface");
        (await interfaces.FindAsync(name, Ct)).ShouldBeNull();
    }

    private Interfaces Interfaces(string script)
    {
        File.WriteAllText(Script, "#!/bin/sh\n" + script + "\n");
        File.SetUnixFileMode(Script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new Interfaces(() => _kernel, new UserspaceProgram(Script), TimeProvider.System);
    }
}
