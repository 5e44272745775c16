namespace WgFleet.Cli.Output;

/// <summary>Exit codes of the process; from 64 up they are those of sysexits.h.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>The command failed; one line on stderr says why.</summary>
    public const int Failure = 1;

    /// <summary>Like diff(1): there are differences.</summary>
    public const int Different = 1;

    /// <summary>Something is wrong with the fleets or the server, as <c>wg-fleet status</c> lists it.</summary>
    public const int Wrong = 1;

    /// <summary>Like systemctl(1) and monitoring plugins: the state cannot be found out.</summary>
    public const int Unknown = 3;

    /// <summary>Like diff(1): the comparison failed.</summary>
    public const int Trouble = 2;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>128 + SIGINT, as a shell has it.</summary>
    public const int Interrupted = 130;

    /// <summary>EX_SOFTWARE: an internal error after which the server cannot continue.</summary>
    public const int Fault = 70;

    /// <summary>EX_CONFIG: the configuration is wrong.</summary>
    public const int Config = 78;
}
