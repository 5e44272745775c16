using WgFleet.Hooks;
using WgFleet.Linux;
using WgFleet.Tunnels;

namespace WgFleet.Tests.Tunnels;

/// <summary>Equal causes have equal messages, so that a log that is folded by them stays short: none has the name of a temporary file, which is random.</summary>
public sealed class ConfStoreTests : IDisposable
{
    private readonly Folder _disk = Folder.OfSize("1m");

    public ConfStoreTests()
    {
        Directory.CreateDirectory(_disk.File("programs"));
        _disk.Remount("ro");
    }

    public void Dispose() => _disk.Dispose();

    [Fact]
    public void A_conf_that_cannot_be_written_has_the_same_message_at_each_attempt() =>
        Told<TunnelException>(() => ConfStore.Write(_disk.File("wg_alpha.conf"), "x"u8)).ShouldContain(_disk.File("wg_alpha.conf"));

    [Fact]
    public void So_has_a_file_of_a_hook() => Told<IOException>(() => new PlainFiles().Replace(_disk.File("hosts"), "x"u8)).ShouldContain(_disk.File("hosts"));

    [Fact]
    public void So_has_the_note_of_a_program() => Told<IOException>(() => new ProgramRuns(_disk.File("programs")).Begin()).ShouldContain(_disk.File("programs"));

    private static string Told<T>(Action write)
        where T : Exception
    {
        var message = Should.Throw<T>(write).Message;
        Should.Throw<T>(write).Message.ShouldBe(message);
        return message;
    }
}
