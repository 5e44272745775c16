namespace WgFleet.Testing;

/// <summary>The engines that the tests of the store run on.</summary>
public enum TestEngine
{
    Sqlite,
    Postgres,
}
