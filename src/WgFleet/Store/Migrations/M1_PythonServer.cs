using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace WgFleet.Store.Migrations;

/// <summary>The schema of the Python server, column by column: what a database of its own is adopted as.</summary>
[DbContext(typeof(FleetDb))]
[Migration(Known.PythonServer)]
internal sealed class PythonServer : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.CreateTable(
        "clients",
        table => new
        {
            id = table.Column<long>("INTEGER", nullable: false),
            fleet_id = table.Column<string>("VARCHAR", nullable: false),
            public_key = table.Column<string>("VARCHAR", nullable: false),
            assigned_ip = table.Column<string>("VARCHAR", nullable: false),
            http_request_ip = table.Column<string>("VARCHAR", nullable: false),
            hostname = table.Column<string>("VARCHAR", nullable: true),
            timestamp = table.Column<string>("DATETIME", nullable: false),
        },
        constraints: table => table.PrimaryKey("PK_clients", row => row.id));
}
