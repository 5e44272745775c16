using System.Runtime.InteropServices;
using WgFleet.WireGuard.Kernel;
using WgFleet.WireGuard.Netlink;

namespace WgFleet.WireGuard.Tests.Kernel;

/// <summary>How the driver handles a kernel that refuses, is interrupted, or gives an impossible answer.</summary>
public class FailureTests
{
    private static readonly Recording Good = Recording.Read("get");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Recording Interrupted
    {
        get
        {
            var answers = Good.Answers.Select(a => a.ToArray()).ToList();
            answers[0][6] |= (byte)NetlinkConstants.DumpInterrupted;
            return Good.Answering(answers);
        }
    }

    /// <summary>A kernel that does not know the family, which is the answer to the first request.</summary>
    private static Recording WithoutWireGuard
    {
        get
        {
            var error = new byte[36];
            MemoryMarshal.Write(error.AsSpan(16), -2);
            AttributeWriter.Stamp(error, NetlinkConstants.Error, 0);
            return new([Good.Datagrams[0], (false, error)]);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task An_interrupted_dump_is_repeated()
    {
        using var wireGuard = ReplayedKernel.Open(Interrupted, Interrupted, Good);

        (await wireGuard.GetDeviceAsync("wg0", Ct)).Peers.Count.ShouldBe(3);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_dump_that_is_interrupted_five_times_fails()
    {
        using var wireGuard = ReplayedKernel.Open(Enumerable.Repeat(Interrupted, 5));

        (await Should.ThrowAsync<WireGuardException>(wireGuard.GetDeviceAsync("wg0", Ct))).Message
            .ShouldBe("wg0 changed each of the 5 times that it was read: does another program change its peers?");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_shortage_of_buffers_is_retried()
    {
        using var wireGuard = ReplayedKernel.Open(Good.Refusing(105), Good);

        (await wireGuard.GetDeviceAsync("wg0", Ct)).Peers.Count.ShouldBe(3);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_reloaded_kernel_module_is_found_under_its_new_family_number()
    {
        // The first socket has served one request when WireGuard's family number changes.
        var stale = new Recording([.. Good.Datagrams, (true, Good.Requests.First()), .. Good.Refusing(2).Answers.Select(a => (false, a))]);
        using var wireGuard = ReplayedKernel.Open(stale, Good);

        await wireGuard.GetDeviceAsync("wg0", Ct);
        (await wireGuard.GetDeviceAsync("wg0", Ct)).Peers.Count.ShouldBe(3);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_kernel_without_WireGuard_has_no_device_until_the_module_is_loaded()
    {
        using var wireGuard = ReplayedKernel.Open(WithoutWireGuard, Good);

        await Should.ThrowAsync<DeviceNotFoundException>(wireGuard.GetDeviceAsync("wg0", Ct));
        (await wireGuard.GetDeviceAsync("wg0", Ct)).Peers.Count.ShouldBe(3);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(1, "not permitted to read or change wg0: the kernel's WireGuard needs CAP_NET_ADMIN; run as root, or grant that capability (in a container: --cap-add NET_ADMIN)")]
    [InlineData(98, "wg0 refused: EADDRINUSE, Address already in use")]
    [InlineData(22, "wg0 refused: EINVAL, Invalid argument")]
    public async Task The_kernels_error_number_is_named_in_the_error(int errno, string message)
    {
        using var wireGuard = ReplayedKernel.Open(Good.Refusing(errno));

        (await Should.ThrowAsync<WireGuardException>(wireGuard.GetDeviceAsync("wg0", Ct))).Message.ShouldBe(message);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_kernels_own_explanation_is_part_of_the_error()
    {
        var error = Convert.FromHexString("3400000002000003" + "0000000000000000" + "EAFFFFFF" + new string('0', 32) + "10000100" + "6E6F20676F6F64206B6579" + "00");
        using var wireGuard = ReplayedKernel.Open(Good.Answering(error));

        (await Should.ThrowAsync<WireGuardException>(wireGuard.GetDeviceAsync("wg0", Ct))).Message
            .ShouldBe("wg0 refused: EINVAL, Invalid argument (no good key)");
    }

    [Fact(Timeout = 30_000)]
    public async Task After_a_cancelled_request_the_next_one_uses_a_new_socket()
    {
        using var cancellation = new CancellationTokenSource();
        var first = new ReplayedKernel(Good) { Receiving = cancellation.Cancel };
        var sockets = new Queue<ReplayedKernel>([first, new ReplayedKernel(Good)]);
        using var wireGuard = new KernelWireGuard(sockets.Dequeue, new NapiThreads());

        await Should.ThrowAsync<OperationCanceledException>(wireGuard.GetDeviceAsync("wg0", cancellation.Token));
        // The cancelled caller does not wait for the socket to be closed, and the next one does.
        (await wireGuard.GetDeviceAsync("wg0", Ct)).Peers.Count.ShouldBe(3);
        first.Disposed.ShouldBeTrue();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_dump_cut_off_at_any_byte_is_a_WireGuardException()
    {
        var whole = Good.Answers.Single();
        for (var length = 0; length < whole.Length; length++)
        {
            using var wireGuard = ReplayedKernel.Open(Good.Answering(whole[..length]));

            await Should.ThrowAsync<WireGuardException>(wireGuard.GetDeviceAsync("wg0", Ct));
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_dump_with_any_byte_changed_is_read_or_is_a_WireGuardException()
    {
        var refused = 0;
        var whole = Good.Answers.Single();
        for (var at = 0; at < whole.Length; at++)
        {
            foreach (var value in new byte[] { 0, 1, 0x7f, 0x80, 0xff })
            {
                var changed = whole.ToArray();
                changed[at] = value;
                using var wireGuard = ReplayedKernel.Open(Enumerable.Repeat(Good.Answering(changed), 5));
                try
                {
                    await wireGuard.GetDeviceAsync("wg0", Ct);
                }
                catch (WireGuardException)
                {
                    refused++;
                }
            }
        }

        refused.ShouldBePositive();
    }

    [Fact(Timeout = 30_000)]
    public async Task An_invalid_port_is_refused_without_asking_the_kernel()
    {
        using var wireGuard = ReplayedKernel.Open();

        (await Should.ThrowAsync<WireGuardException>(wireGuard.ChangeAsync("wg0", new DeviceChange { ListenPort = 70_000 }, Ct))).Message
            .ShouldBe("wg0 refused: 70000 is not a UDP port");
    }
}
