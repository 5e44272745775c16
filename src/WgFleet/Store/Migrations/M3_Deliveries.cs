using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace WgFleet.Store.Migrations;

/// <summary>A cursor for each hook, and the deliveries that wait, have ended or were given up.</summary>
[DbContext(typeof(FleetDb))]
[Migration(Known.Deliveries)]
internal sealed class Deliveries : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        // Events for one hook alone: the clients there were when it was new.
        migrationBuilder.AddColumn<string>("hook", "events", "TEXT", nullable: true);

        migrationBuilder.CreateTable(
            "hook_state",
            table => new
            {
                hook = table.Column<string>("TEXT", nullable: false),
                cursor = table.Column<long>("INTEGER", nullable: false),
                paused = table.Column<string>("TEXT", nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_hook_state", row => row.hook));

        migrationBuilder.CreateTable(
            "deliveries",
            table => new
            {
                hook = table.Column<string>("TEXT", nullable: false),
                seq = table.Column<long>("INTEGER", nullable: false),
                subject = table.Column<string>("TEXT", nullable: true),
                state = table.Column<string>("TEXT", nullable: false),
                attempt = table.Column<int>("INTEGER", nullable: false),
                next_at = table.Column<long>("INTEGER", nullable: false),
                replayed = table.Column<bool>("INTEGER", nullable: false),
                code = table.Column<string>("TEXT", nullable: true),
                error = table.Column<string>("TEXT", nullable: true),
                response = table.Column<string>("TEXT", nullable: true),
                took_ms = table.Column<long>("INTEGER", nullable: false),
                ended_at = table.Column<long>("INTEGER", nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_deliveries", row => new { row.hook, row.seq }));
        migrationBuilder.CreateIndex("deliveries_state", "deliveries", ["hook", "state", "ended_at"]);
    }
}
