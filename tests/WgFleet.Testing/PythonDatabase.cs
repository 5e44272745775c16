using WgFleet.WireGuard;

namespace WgFleet.Testing;

/// <summary>A database as the Python server creates it.</summary>
internal static class PythonDatabase
{
    private const string Schema = """
        CREATE TABLE clients (
        	id INTEGER NOT NULL,
        	fleet_id VARCHAR NOT NULL,
        	public_key VARCHAR NOT NULL,
        	assigned_ip VARCHAR NOT NULL,
        	http_request_ip VARCHAR NOT NULL,
        	hostname VARCHAR,
        	timestamp DATETIME NOT NULL,
        	PRIMARY KEY (id)
        )
        """;

    public static void Create(string path, params (string Fleet, WireGuardKey Key, string Address, string? Hostname)[] clients)
    {
        Some.Execute(path, Schema);
        foreach (var (fleet, key, address, hostname) in clients)
        {
            var name = hostname is null ? "NULL" : $"'{hostname.Replace("'", "''", StringComparison.Ordinal)}'";
            Some.Execute(path, $"INSERT INTO clients (fleet_id, public_key, assigned_ip, http_request_ip, hostname, timestamp) VALUES ('{fleet}', '{key}', '{address}', '203.0.113.9', {name}, '2025-11-01 12:00:00.123456')");
        }
    }
}
