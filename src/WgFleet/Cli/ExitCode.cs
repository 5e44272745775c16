namespace WgFleet.Cli;

/// <summary>What the process ends with; those from 64 up as sysexits.h has them.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>It could not be done; one line on stderr says why.</summary>
    public const int Failure = 1;

    /// <summary>Like diff(1): there are differences.</summary>
    public const int Different = 1;

    /// <summary>Like diff(1): it could not be found out whether there are.</summary>
    public const int Trouble = 2;

    /// <summary>The command line makes no sense.</summary>
    public const int Usage = 2;

    /// <summary>128 + SIGINT, as a shell has it.</summary>
    public const int Interrupted = 130;

    /// <summary>EX_SOFTWARE: the server met a fault of its own that it cannot go on after.</summary>
    public const int Fault = 70;

    /// <summary>EX_CONFIG: the configuration is wrong.</summary>
    public const int Config = 78;
}
