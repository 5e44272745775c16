namespace WgFleet.SystemTests.Harness;

/// <summary>The checked-out project that these tests were built from.</summary>
internal static class Repository
{
    /// <summary>Its folder: the one above the tests that has the solution in it.</summary>
    public static string Folder { get; } = Above(AppContext.BaseDirectory);

    /// <summary>The full path of one of its files.</summary>
    public static string PathOf(string file) => Path.Combine(Folder, file);

    private static string Above(string folder) =>
        File.Exists(Path.Combine(folder, "WgFleet.slnx")) ? folder : Above(Path.GetDirectoryName(folder)!);
}
