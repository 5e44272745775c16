using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace WgFleet.Store.Migrations;

/// <summary>What ours adds: no address, name or key twice; when a client came; the event log.</summary>
[DbContext(typeof(FleetDb))]
[Migration(Known.EventLog)]
internal sealed class EventLog : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>("registered_at", "clients", "DATETIME", nullable: true);
        migrationBuilder.AddColumn<string>("last_handshake", "clients", "DATETIME", nullable: true);
        migrationBuilder.CreateIndex("clients_address", "clients", ["fleet_id", "assigned_ip"], unique: true);
        migrationBuilder.CreateIndex("clients_hostname", "clients", ["fleet_id", "hostname"], unique: true);
        migrationBuilder.CreateIndex("clients_public_key", "clients", "public_key", unique: true);

        migrationBuilder.CreateTable(
            "events",
            table => new
            {
                seq = table.Column<long>("INTEGER", nullable: false).Annotation("Sqlite:Autoincrement", true),
                id = table.Column<string>("TEXT", nullable: false),
                type = table.Column<string>("TEXT", nullable: false),
                fleet = table.Column<string>("TEXT", nullable: true),
                subject = table.Column<string>("TEXT", nullable: true),
                time = table.Column<string>("TEXT", nullable: false),
                data = table.Column<string>("TEXT", nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_events", row => row.seq));
        migrationBuilder.CreateIndex("events_id", "events", "id", unique: true);
    }
}
