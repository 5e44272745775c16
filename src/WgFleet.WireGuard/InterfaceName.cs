namespace WgFleet.WireGuard;

/// <summary>The kernel's rules for the names of interfaces: dev_valid_name of net/core/dev.c.</summary>
internal static class InterfaceName
{
    // IFNAMSIZ without the zero byte; linux/if.h.
    private const int MaxLength = 15;

    public static bool IsValid(string name) =>
        name.Length is > 0 and <= MaxLength && name is not ("." or "..") && name.All(c => c is > ' ' and < '\x7f' and not ('/' or ':'));

    /// <exception cref="WireGuardException">The kernel would not accept this name.</exception>
    public static void Check(string name)
    {
        if (!IsValid(name))
            throw new WireGuardException($"\"{name}\" cannot be the name of an interface: use at most {MaxLength} ASCII characters without spaces, slashes and colons");
    }
}
