namespace WgFleet.Linux;

/// <summary>The free space of disks.</summary>
internal static class DiskSpace
{
    /// <summary>The free bytes of the disk that has a file; null if that cannot be found out.</summary>
    public static long? FreeFor(string file)
    {
        try
        {
            return new DriveInfo(Path.GetDirectoryName(Path.GetFullPath(file))!).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
