using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace WgFleet.Store.Migrations;

/// <summary>What is kept of clients that were removed; which are pinned; which hooks believe to be online.</summary>
[DbContext(typeof(FleetDb))]
[Migration(Known.RemovedClients)]
internal sealed class RemovedClients : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>("pinned_at", "clients", "DATETIME", nullable: true);
        migrationBuilder.AddColumn<string>("pinned_by", "clients", "VARCHAR", nullable: true);
        migrationBuilder.AddColumn<string>("online_since", "clients", "DATETIME", nullable: true);
        migrationBuilder.CreateTable(
            "removed_clients",
            table => new
            {
                seq = table.Column<long>("INTEGER", nullable: false),
                client_id = table.Column<long>("INTEGER", nullable: false),
                fleet = table.Column<string>("TEXT", nullable: false),
                public_key = table.Column<string>("TEXT", nullable: false),
                address = table.Column<string>("TEXT", nullable: false),
                request_address = table.Column<string>("TEXT", nullable: false),
                hostname = table.Column<string>("TEXT", nullable: true),
                registered_at = table.Column<string>("TEXT", nullable: false),
                removed_at = table.Column<string>("TEXT", nullable: false),
                cause = table.Column<string>("TEXT", nullable: false),
                removed_by = table.Column<string>("TEXT", nullable: true),
                last_ping = table.Column<string>("TEXT", nullable: false),
                last_handshake = table.Column<string>("TEXT", nullable: true),
                last_traffic = table.Column<string>("TEXT", nullable: true),
                prune_timeout = table.Column<long>("INTEGER", nullable: true),
                tags = table.Column<string>("TEXT", nullable: true),
                pinned_at = table.Column<string>("TEXT", nullable: true),
                pinned_by = table.Column<string>("TEXT", nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_removed_clients", row => row.seq));
        migrationBuilder.CreateIndex("removed_clients_public_key", "removed_clients", "public_key");
    }
}
