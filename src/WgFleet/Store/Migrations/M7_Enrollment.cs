using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace WgFleet.Store.Migrations;

/// <summary>What a token gives to the clients that it lets in.</summary>
[DbContext(typeof(FleetDb))]
[Migration(Known.Enrollment)]
internal sealed class Enrollment : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<long>("prune_timeout", "tokens", "INTEGER", nullable: true);
        migrationBuilder.AddColumn<long>("prune_timeout", "clients", "INTEGER", nullable: true);
        migrationBuilder.AddColumn<string>("tags", "clients", "TEXT", nullable: true);
    }
}
