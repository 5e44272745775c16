namespace WgFleet.Tests;

/// <summary>Tests that count something of the whole process, such as open files and threads, and so have it to themselves.</summary>
[CollectionDefinition(nameof(WholeProcess), DisableParallelization = true)]
public sealed class WholeProcess;
