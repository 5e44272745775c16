using Microsoft.EntityFrameworkCore;

namespace WgFleet.Store;

/// <summary>The database: clients, the event log, and how far each hook has come in it.</summary>
internal sealed class FleetDb(DbContextOptions<FleetDb> options) : DbContext(options)
{
    public DbSet<ClientRow> Clients => Set<ClientRow>();

    public DbSet<EventRow> Events => Set<EventRow>();

    public DbSet<HookStateRow> HookStates => Set<HookStateRow>();

    public DbSet<DeliveryRow> Deliveries => Set<DeliveryRow>();

    public DbSet<TokenRow> Tokens => Set<TokenRow>();

    public DbSet<FrozenRow> FrozenFleets => Set<FrozenRow>();

    public DbSet<TombstoneRow> RemovedClients => Set<TombstoneRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ClientRow>(client =>
        {
            client.ToTable("clients");
            client.Property(c => c.Id).HasColumnName("id").ValueGeneratedNever();
            client.Property(c => c.FleetId).HasColumnName("fleet_id").HasColumnType("VARCHAR");
            client.Property(c => c.PublicKey).HasColumnName("public_key").HasColumnType("VARCHAR");
            client.Property(c => c.AssignedIp).HasColumnName("assigned_ip").HasColumnType("VARCHAR");
            client.Property(c => c.HttpRequestIp).HasColumnName("http_request_ip").HasColumnType("VARCHAR");
            client.Property(c => c.Hostname).HasColumnName("hostname").HasColumnType("VARCHAR");
            client.Property(c => c.Timestamp).HasColumnName("timestamp").HasColumnType("DATETIME");
            client.Property(c => c.RegisteredAt).HasColumnName("registered_at").HasColumnType("DATETIME");
            client.Property(c => c.LastHandshake).HasColumnName("last_handshake").HasColumnType("DATETIME");
            client.Property(c => c.PruneTimeout).HasColumnName("prune_timeout");
            client.Property(c => c.Tags).HasColumnName("tags");
            client.Property(c => c.PinnedAt).HasColumnName("pinned_at").HasColumnType("DATETIME");
            client.Property(c => c.PinnedBy).HasColumnName("pinned_by").HasColumnType("VARCHAR");
            client.Property(c => c.OnlineSince).HasColumnName("online_since").HasColumnType("DATETIME");
            client.HasIndex(c => new { c.FleetId, c.AssignedIp }).IsUnique().HasDatabaseName("clients_address");
            client.HasIndex(c => new { c.FleetId, c.Hostname }).IsUnique().HasDatabaseName("clients_hostname");
            client.HasIndex(c => c.PublicKey).IsUnique().HasDatabaseName("clients_public_key");
        });

        modelBuilder.Entity<EventRow>(row =>
        {
            row.ToTable("events");
            row.HasKey(e => e.Seq);
            row.Property(e => e.Seq).HasColumnName("seq").HasAnnotation("Sqlite:Autoincrement", true);
            row.Property(e => e.Id).HasColumnName("id").IsRequired();
            row.Property(e => e.Type).HasColumnName("type");
            row.Property(e => e.Fleet).HasColumnName("fleet");
            row.Property(e => e.Subject).HasColumnName("subject");
            row.Property(e => e.Time).HasColumnName("time");
            row.Property(e => e.Data).HasColumnName("data");
            row.Property(e => e.Hook).HasColumnName("hook");
            row.HasIndex(e => e.Id).IsUnique().HasDatabaseName("events_id");
        });

        modelBuilder.Entity<HookStateRow>(state =>
        {
            state.ToTable("hook_state");
            state.HasKey(s => s.Hook);
            state.Property(s => s.Hook).HasColumnName("hook");
            state.Property(s => s.Cursor).HasColumnName("cursor");
            state.Property(s => s.Paused).HasColumnName("paused");
        });

        modelBuilder.Entity<DeliveryRow>(delivery =>
        {
            delivery.ToTable("deliveries");
            delivery.HasKey(d => new { d.Hook, d.Seq });
            delivery.Property(d => d.Hook).HasColumnName("hook");
            delivery.Property(d => d.Seq).HasColumnName("seq");
            delivery.Property(d => d.Subject).HasColumnName("subject");
            delivery.Property(d => d.State).HasColumnName("state");
            delivery.Property(d => d.Attempt).HasColumnName("attempt");
            delivery.Property(d => d.NextAt).HasColumnName("next_at");
            delivery.Property(d => d.Replayed).HasColumnName("replayed");
            delivery.Property(d => d.Code).HasColumnName("code");
            delivery.Property(d => d.Error).HasColumnName("error");
            delivery.Property(d => d.Response).HasColumnName("response");
            delivery.Property(d => d.TookMs).HasColumnName("took_ms");
            delivery.Property(d => d.EndedAt).HasColumnName("ended_at");
            delivery.HasIndex(d => new { d.Hook, d.State, d.EndedAt }).HasDatabaseName("deliveries_state");
        });

        modelBuilder.Entity<TokenRow>(token =>
        {
            token.ToTable("tokens");
            token.HasKey(t => t.Id);
            token.Property(t => t.Id).HasColumnName("id");
            token.Property(t => t.Kind).HasColumnName("kind");
            token.Property(t => t.Name).HasColumnName("name");
            token.Property(t => t.Hash).HasColumnName("hash");
            token.Property(t => t.Scope).HasColumnName("scope");
            token.Property(t => t.Fleet).HasColumnName("fleet");
            token.Property(t => t.CreatedAt).HasColumnName("created_at");
            token.Property(t => t.ExpiresAt).HasColumnName("expires_at");
            token.Property(t => t.RevokedAt).HasColumnName("revoked_at");
            token.Property(t => t.MaxUses).HasColumnName("max_uses");
            token.Property(t => t.Uses).HasColumnName("uses");
            token.Property(t => t.Tags).HasColumnName("tags");
            token.Property(t => t.PruneTimeout).HasColumnName("prune_timeout");
            token.HasIndex(t => new { t.Kind, t.Name }).IsUnique().HasFilter("revoked_at IS NULL").HasDatabaseName("tokens_name");
        });

        modelBuilder.Entity<FrozenRow>(fleet =>
        {
            fleet.ToTable("frozen_fleets");
            fleet.HasKey(f => f.Fleet);
            fleet.Property(f => f.Fleet).HasColumnName("fleet");
            fleet.Property(f => f.Since).HasColumnName("since");
            fleet.Property(f => f.By).HasColumnName("frozen_by");
        });

        modelBuilder.Entity<TombstoneRow>(client =>
        {
            client.ToTable("removed_clients");
            client.HasKey(c => c.Seq);
            client.Property(c => c.Seq).HasColumnName("seq").ValueGeneratedNever();
            client.Property(c => c.ClientId).HasColumnName("client_id");
            client.Property(c => c.Fleet).HasColumnName("fleet");
            client.Property(c => c.PublicKey).HasColumnName("public_key");
            client.Property(c => c.Address).HasColumnName("address");
            client.Property(c => c.RequestAddress).HasColumnName("request_address");
            client.Property(c => c.Hostname).HasColumnName("hostname");
            client.Property(c => c.RegisteredAt).HasColumnName("registered_at");
            client.Property(c => c.RemovedAt).HasColumnName("removed_at");
            client.Property(c => c.Cause).HasColumnName("cause");
            client.Property(c => c.RemovedBy).HasColumnName("removed_by");
            client.Property(c => c.LastPing).HasColumnName("last_ping");
            client.Property(c => c.LastHandshake).HasColumnName("last_handshake");
            client.Property(c => c.LastTraffic).HasColumnName("last_traffic");
            client.Property(c => c.PruneTimeout).HasColumnName("prune_timeout");
            client.Property(c => c.Tags).HasColumnName("tags");
            client.Property(c => c.PinnedAt).HasColumnName("pinned_at");
            client.Property(c => c.PinnedBy).HasColumnName("pinned_by");
            client.HasIndex(c => c.PublicKey).HasDatabaseName("removed_clients_public_key");
        });
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcTextConverter>();
}
