namespace WgFleet.WireGuard.Links;

/// <summary>Messages and attributes of rtnetlink (RFC 3549), from linux/rtnetlink.h, linux/if_link.h, linux/if_addr.h and linux/if.h.</summary>
internal static class RouteConstants
{
    public const ushort NewLink = 16;
    public const ushort DeleteLink = 17;
    public const ushort GetLink = 18;
    public const ushort NewAddress = 20;
    public const ushort DeleteAddress = 21;
    public const ushort GetAddress = 22;
    public const ushort NewRoute = 24;
    public const ushort GetRoute = 26;

    // struct ifinfomsg: family (1), padding (1), type (2), index (4), flags (4), mask of changed flags (4).
    public const int LinkHeaderLength = 16;
    public const int LinkName = 3;
    public const int LinkMtu = 4;
    public const int LinkInfo = 18;
    public const int LinkInfoKind = 1;
    public const int LinkExtendedMask = 29;
    public const uint SkipStatistics = 1 << 3;
    public const uint FlagUp = 1;

    // struct ifaddrmsg: family (1), prefix length (1), flags (1), scope (1), index (4).
    public const int AddressHeaderLength = 8;
    public const int AddressOfPeer = 1;
    public const int AddressLocal = 2;

    // struct rtmsg: family, destination length, source length, TOS, table, protocol, scope, type (1 each), flags (4).
    public const int RouteHeaderLength = 12;
    public const int RouteDestination = 1;
    public const int RouteInterface = 4;
    public const int RoutePriority = 6;
    public const int RouteMetrics = 8;
    public const int RouteMetricMtu = 2;
    public const byte MainTable = 254;
    public const byte Unicast = 1;

    // RTPROT_KERNEL, RT_SCOPE_UNIVERSE, RT_SCOPE_LINK, IP6_RT_PRIO_ADDRCONF: how the kernel makes the route of an address.
    public const byte KernelProtocol = 2;
    public const byte UniverseScope = 0;
    public const byte LinkScope = 253;
    public const uint AddressPriority = 256;

    // RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV6_IFADDR.
    public const uint LinkAndAddressGroups = 0x1 | 0x10 | 0x100;

    public const byte Inet = 2;
    public const byte Inet6 = 10;
}
