namespace WgFleet.Cli.Output;

/// <summary>The terminal that the output goes to.</summary>
internal static class Terminal
{
    /// <summary>Its columns and lines; those that every terminal has where it does not say.</summary>
    public static (int Width, int Height) Size => (Console.WindowWidth is > 0 and var width ? width : Wrap.Width, Console.WindowHeight is > 0 and var height ? height : 24);
}
