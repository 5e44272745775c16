using System.Runtime.InteropServices;
using WgFleet.WireGuard.Netlink;

namespace WgFleet.WireGuard.Tests.Kernel;

/// <summary>A recorded exchange between wg(8) and a kernel, from a file: datagrams in hex, those to the kernel after "&gt;".</summary>
internal sealed record Recording(IReadOnlyList<(bool ToKernel, byte[] Bytes)> Datagrams)
{
    private const byte GenericController = 16;

    public static Recording Read(string name) => new(
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Kernel", "Recorded", name + ".hex"))
            .Where(line => line[0] != '#')
            .Select(line => (line[0] == '>', Convert.FromHexString(line[2..])))]);

    /// <summary>The requests to WireGuard: all but the first, which asks for WireGuard's family number.</summary>
    public IEnumerable<byte[]> Requests => Datagrams.Where(d => d.ToKernel).Skip(1).Select(d => d.Bytes);

    /// <summary>The answers to the requests to WireGuard.</summary>
    public IEnumerable<byte[]> Answers => Datagrams.SkipWhile(d => !d.ToKernel).Skip(1).SkipWhile(d => !d.ToKernel).Where(d => !d.ToKernel).Select(d => d.Bytes);

    /// <summary>Gives the same recording with other answers.</summary>
    public Recording Answering(params IEnumerable<byte[]> answers) =>
        new([.. Datagrams.TakeWhile(d => !d.ToKernel || d.Bytes[4] == GenericController), (true, Requests.First()), .. answers.Select(bytes => (false, bytes))]);

    /// <summary>Gives the same recording with an error as the answer.</summary>
    public Recording Refusing(int errno)
    {
        var error = new byte[36];
        MemoryMarshal.Write(error.AsSpan(16), -errno);
        AttributeWriter.Stamp(error, NetlinkConstants.Error, 0);
        return Answering(error);
    }
}
