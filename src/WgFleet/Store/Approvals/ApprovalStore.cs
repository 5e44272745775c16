using WgFleet.Store.Engine;
using WgFleet.WireGuard;

namespace WgFleet.Store.Approvals;

/// <summary>The table approvals. All methods block and throw <see cref="StoreException"/>.</summary>
internal sealed class ApprovalStore(Database database)
{
    private const string Columns = "id, fleet, public_key, source, facts, asked_at, approved, decided_at, decided_by";

    /// <summary>All machines, in the order in which they first asked.</summary>
    /// <exception cref="Hosting.StartupException">The file is damaged, or something else has written to it.</exception>
    public IReadOnlyList<AskingMachine> All() => database.Load(c => c.Query($"SELECT {Columns} FROM approvals ORDER BY asked_at, id", Read));

    /// <summary>Writes machines anew and deletes others, without waiting for the disk.</summary>
    public void Save(IReadOnlyCollection<AskingMachine> changed, IReadOnlyCollection<string> gone) => database.WriteRelaxed(c =>
    {
        c.Delete("approvals", "id", gone);
        Write(c, changed);
        return true;
    });

    /// <summary>Writes machines anew, in the transaction that is open.</summary>
    public static void Write(Connection connection, IReadOnlyCollection<AskingMachine> machines)
    {
        connection.Delete("approvals", "id", [.. machines.Select(m => m.Id)]);
        connection.Insert("approvals", Columns, [.. machines.Select(m => new object?[]
        {
            m.Id, m.Fleet, m.Key.ToString(), m.Source, Facts.Write(m.Facts), m.AskedAt, m.IsApproved is { } approved ? approved ? 1L : 0L : null, m.DecidedAt, m.DecidedBy,
        })]);
    }

    private static AskingMachine Read(Row row) => new(row[1].Text, WireGuardKey.Parse(row[2].Text), row[3].Text, Facts.Read(row[4].TextOrNull), row[5].Time)
    {
        IsApproved = row[6].NumberOrNull is { } approved ? approved == 1 : null,
        DecidedAt = row[7].TimeOrNull,
        DecidedBy = row[8].TextOrNull,
    };
}
