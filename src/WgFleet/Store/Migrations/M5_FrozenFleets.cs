using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace WgFleet.Store.Migrations;

/// <summary>Fleets that an operator has frozen.</summary>
[DbContext(typeof(FleetDb))]
[Migration(Known.FrozenFleets)]
internal sealed class FrozenFleets : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.CreateTable(
            "frozen_fleets",
            table => new
            {
                fleet = table.Column<string>("TEXT", nullable: false),
                since = table.Column<string>("TEXT", nullable: false),
                frozen_by = table.Column<string>("TEXT", nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_frozen_fleets", row => row.fleet));
}
