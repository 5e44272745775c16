using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Adoption;

/// <summary>Leaves a gateway as the Python server leaves it: its database, its conf files, and its interface if asked.</summary>
internal static class PythonServer
{
    // As SQLAlchemy writes it, blanks included.
    private const string Table =
        "CREATE TABLE clients (\n\tid INTEGER NOT NULL, \n\tfleet_id VARCHAR NOT NULL, \n\tpublic_key VARCHAR NOT NULL, \n"
        + "\tassigned_ip VARCHAR NOT NULL, \n\thttp_request_ip VARCHAR NOT NULL, \n\thostname VARCHAR, \n"
        + "\ttimestamp DATETIME NOT NULL, \n\tPRIMARY KEY (id)\n);";

    public static async Task LeaveDatabaseAsync(Gateway gateway, params PythonRow[] rows)
    {
        await gateway.SqlAsync(Table);
        foreach (var row in rows)
        {
            await gateway.SqlAsync($"""
                INSERT INTO clients VALUES ({row.Id}, '{row.Fleet}', '{row.PublicKey}', '{row.Address}', '10.201.1.1',
                {(row.Hostname is null ? "NULL" : $"'{row.Hostname}'")}, '{row.Timestamp}')
                """);
        }

        (await gateway.SqlAsync("PRAGMA journal_mode; PRAGMA user_version")).ShouldBe("delete\n0");
    }

    /// <summary>The interface as it was made and used, with its peers; returns its public key.</summary>
    public static async Task<string> LeaveInterfaceAsync(Gateway gateway, params PythonRow[] rows)
    {
        await gateway.Machine.RunAsync("sh", "-c", """
            umask 077
            printf '[Interface]\nAddress = fd00:a0a8:34d:a0::1/64\nListenPort = 51820\nPrivateKey = %s\n' $(wg genkey) > /etc/wireguard/wg_alpha.conf
            chmod 400 /etc/wireguard/wg_alpha.conf
            wg-quick up wg_alpha
            """);
        foreach (var row in rows)
            await gateway.Machine.RunAsync("wg", "set", "wg_alpha", "peer", row.PublicKey, "allowed-ips", row.Address);

        return (await gateway.Machine.RunAsync("wg", "show", "wg_alpha", "public-key")).Trim();
    }

    public static async Task<PythonRow> ClientAsync(int id, string address, string? hostname = null, string fleet = "alpha")
    {
        var privateKey = (await RunningProcess.RunAsync(["wg", "genkey"])).Succeeded("wg genkey").Trim();
        var publicKey = (await RunningProcess.RunAsync(["wg", "pubkey"], privateKey)).Succeeded("wg pubkey").Trim();
        return new PythonRow(id, fleet, privateKey, publicKey, address, hostname);
    }
}

/// <summary>A client of the Python server: its row, and the private key that only the client has.</summary>
internal sealed record PythonRow(int Id, string Fleet, string PrivateKey, string PublicKey, string Address, string? Hostname)
{
    public string Timestamp => $"{DateTime.UtcNow:yyyy-MM-dd HH:mm:ss}.000{Id:000}";

    /// <summary>What the client was answered when it registered.</summary>
    public Registration Registration(string serverKey) => new(
        $"[Interface]\nPrivateKey = {PrivateKey}\nAddress = {Address}/64\n\n[Peer]\nPublicKey = {serverKey}\nEndpoint = 10.201.0.1:51820\n"
        + "AllowedIPs = fd00:a0a8:34d:a0::1/128\nPersistentKeepalive = 25\n",
        Address, serverKey, "fd00:a0a8:34d:a0::1", 51820);
}
