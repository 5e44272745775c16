using Microsoft.Data.Sqlite;
using WgFleet.Hooks;
using WgFleet.Store.Engine;

namespace WgFleet.Tests.Fleets;

public abstract class DatabaseTroubleTests(TestEngine engine)
{
    [Fact]
    public async Task A_fault_between_the_client_row_and_the_event_row_leaves_neither()
    {
        await using var test = await TestRegistry.StartAsync(engine);
        test.Stored.Refuse("INSERT ON events", "no events today");

        await test.JoinAsync().ShouldThrowAsync<Exception>();

        test.Alpha.Count.ShouldBe(0);
        test.Events.ShouldBeEmpty();
        test.WireGuard.Changes.ShouldBeEmpty();
        test.ShouldAgree();
        test.Log.Lines.ShouldContain(l => l.Message.StartsWith("The database refused a batch of 1 change, nothing was changed: ", StringComparison.Ordinal) && l.Message.Contains("no events today"));

        test.Stored.Allow();
        await test.JoinAsync();
        test.Events.ShouldHaveSingleItem();
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_name_that_could_not_be_stored_is_free_for_the_next_client()
    {
        await using var test = await TestRegistry.StartAsync(engine);
        await test.JoinAsync("alpha", "web");
        var second = await test.JoinAsync();
        test.Stored.Refuse("UPDATE ON clients", "no renames today");

        await test.NameAsync(second, "web").ShouldThrowAsync<Exception>();
        test.Alpha.ById[second.Id].Hostname.ShouldBeNull();
        test.ShouldAgree();

        test.Stored.Allow();
        (await test.NameAsync(await test.JoinAsync(), "web")).ShouldBe("web--2");
        (await test.NameAsync(second, "web")).ShouldBe("web--3");
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_removal_that_could_not_be_stored_keeps_the_client_and_its_tunnel()
    {
        await using var test = await TestRegistry.StartAsync(engine);
        var client = await test.JoinAsync("alpha", "web");
        test.Stored.Refuse("DELETE ON clients", "no deletes today");

        await test.RemoveAsync(client).ShouldThrowAsync<Exception>();

        test.Alpha.ByHostname.ShouldContainKey("web");
        test.Events.ShouldNotContain(e => e is ClientRemoved);
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_failed_registration_whose_row_cannot_be_deleted_stays_in_memory_too()
    {
        await using var test = await TestRegistry.StartAsync(engine);
        test.Stored.Refuse("DELETE ON clients", "no deletes today");
        test.WireGuard.Refuse("wg_alpha");

        await test.JoinAsync().ShouldThrowAsync<WgFleet.Tunnels.TunnelException>();

        test.Alpha.Count.ShouldBe(1);
        test.WireGuard.Heal("wg_alpha");
        test.Time.Advance(TimeSpan.FromSeconds(6));
        await test.Registry.ObserveAsync("alpha", TestRegistry.Ct);
        test.ShouldAgree();
    }
}

public sealed class SqliteDatabaseTroubleTests() : DatabaseTroubleTests(TestEngine.Sqlite)
{
    [Fact]
    public async Task A_database_locked_by_another_program_fails_the_change_and_works_again_afterwards()
    {
        await using var test = await TestRegistry.StartAsync();
        var client = await test.JoinAsync();
        using (var other = new SqliteConnection($"Data Source={test.Config.Database};Pooling=False"))
        {
            other.Open();
            using var transaction = other.BeginTransaction();

            await test.JoinAsync().ShouldThrowAsync<StoreException>();
            client.Liveness.Pinged(test.Time.GetUtcNow() + TimeSpan.FromSeconds(1));
            await test.Registry.SaveActivityAsync();
        }

        test.ShouldAgree();
        await test.JoinAsync();
        test.ShouldAgree();

        // The ping that could not be saved was not forgotten.
        await test.Registry.SaveActivityAsync();
        Some.Rows(test.Config.Database, $"SELECT timestamp FROM clients WHERE id = {client.Id}").ShouldBe(["2026-01-02 03:04:06.000000"]);
    }

    [Fact]
    public async Task A_change_fails_on_a_full_disk_and_succeeds_when_there_is_room_again()
    {
        using var disk = Folder.OfSize("2m");
        await using var test = await TestRegistry.StartAsync(disk);
        await test.JoinAsync();
        await FillAsync(disk.File("ballast"));

        var joined = 0;
        await Should.ThrowAsync<Exception>(async () =>
        {
            // A page or two may be left in the log.
            for (var i = 0; i < 1000; i++, joined++)
                await test.JoinAsync();
        });

        test.ShouldAgree();
        test.Alpha.Count.ShouldBe(1 + joined);
        File.Delete(disk.File("ballast"));
        await test.JoinAsync();
        test.ShouldAgree();
        await test.RestartAsync();
        test.Alpha.Count.ShouldBe(2 + joined);
    }

    private static async Task FillAsync(string path)
    {
        await using var file = File.Create(path);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                await file.WriteAsync(block);
                await file.FlushAsync();
            }
        }
        catch (IOException)
        {
            // That is full.
        }
    }
}

public sealed class PostgresDatabaseTroubleTests() : DatabaseTroubleTests(TestEngine.Postgres);
