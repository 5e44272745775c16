namespace WgFleet.Tests;

/// <summary>
/// Tests that count something of the whole process and so have it to themselves: open files, threads, and what a recorded
/// measurement allocates, since every collector of any test listens to it.
/// </summary>
[CollectionDefinition(nameof(WholeProcess), DisableParallelization = true)]
public sealed class WholeProcess;
