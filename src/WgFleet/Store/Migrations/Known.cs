namespace WgFleet.Store.Migrations;

/// <summary>The migrations by name, so that a database that has them all is opened without Entity Framework.</summary>
internal static class Known
{
    public const string PythonServer = "20261122000001_PythonServer";
    public const string EventLog = "20261122000002_EventLog";
    public const string Deliveries = "20261122000003_Deliveries";
    public const string Tokens = "20261122000004_Tokens";
    public const string FrozenFleets = "20261122000005_FrozenFleets";
    public const string RemovedClients = "20261122000006_RemovedClients";
    public const string Enrollment = "20261122000007_Enrollment";

    public static IReadOnlyList<string> All { get; } = [PythonServer, EventLog, Deliveries, Tokens, FrozenFleets, RemovedClients, Enrollment];
}
