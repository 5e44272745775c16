using WgFleet.WireGuard.Netlink;

namespace WgFleet.WireGuard.Kernel;

/// <summary>Finds the message type that generic netlink has given to a family; linux/genetlink.h.</summary>
internal static class GenericFamily
{
    /// <summary>struct genlmsghdr: command (1), version (1), reserved (2).</summary>
    public const int HeaderLength = 4;

    private const ushort Controller = 16;
    private const byte GetFamily = 3;
    private const byte ControllerVersion = 1;
    private const int FamilyId = 1;
    private const int FamilyName = 2;

    /// <summary>Asks the kernel for the message type of a family.</summary>
    /// <exception cref="NetlinkException">ENOENT: this kernel has no such family.</exception>
    /// <exception cref="FormatException">The answer cannot be read.</exception>
    public static ushort Find(NetlinkClient client, string name, CancellationToken cancellationToken)
    {
        Span<byte> message = stackalloc byte[64];
        var writer = new AttributeWriter(message, NetlinkConstants.Request | NetlinkConstants.Ack, [GetFamily, ControllerVersion, 0, 0]);
        writer.PutText(FamilyName, name);

        ushort family = 0;
        client.Ask(message[..writer.Length], Controller, (_, payload) => family = ReadId(Attributes(payload)), cancellationToken);
        return family != 0 ? family : throw new FormatException($"the kernel named no message type for {name}");
    }

    /// <summary>The attributes of a generic message.</summary>
    /// <exception cref="FormatException">The message is too short for the generic header.</exception>
    public static ReadOnlySpan<byte> Attributes(ReadOnlySpan<byte> payload) =>
        payload.Length >= HeaderLength ? payload[HeaderLength..] : throw new FormatException("a message without a generic header");

    private static ushort ReadId(ReadOnlySpan<byte> attributes)
    {
        var reader = new AttributeReader(attributes);
        while (reader.Next())
        {
            if (reader.Type == FamilyId)
                return reader.Number<ushort>();
        }

        return 0;
    }
}
