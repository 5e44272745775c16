using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace WgFleet.Store.Migrations;

/// <summary>Tokens that let somebody in.</summary>
[DbContext(typeof(FleetDb))]
[Migration(Known.Tokens)]
internal sealed class Tokens : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "tokens",
            table => new
            {
                id = table.Column<string>("TEXT", nullable: false),
                kind = table.Column<string>("TEXT", nullable: false),
                name = table.Column<string>("TEXT", nullable: false),
                hash = table.Column<string>("TEXT", nullable: false),
                scope = table.Column<string>("TEXT", nullable: true),
                fleet = table.Column<string>("TEXT", nullable: true),
                created_at = table.Column<string>("TEXT", nullable: false),
                expires_at = table.Column<string>("TEXT", nullable: true),
                revoked_at = table.Column<string>("TEXT", nullable: true),
                max_uses = table.Column<int>("INTEGER", nullable: true),
                uses = table.Column<int>("INTEGER", nullable: false),
                tags = table.Column<string>("TEXT", nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_tokens", row => row.id));

        // A name that was revoked may be given again; its row stays, to tell that there was one.
        migrationBuilder.CreateIndex("tokens_name", "tokens", ["kind", "name"], unique: true, filter: "revoked_at IS NULL");
    }
}
