using WgFleet.Store;

namespace WgFleet.Tests.Store;

/// <summary>On both engines.</summary>
public abstract class HookStoreTests(TestEngine engine)
{
    [Fact]
    public void Moving_the_cursors_of_fifty_handlers_moves_those_behind_and_no_other()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        var hooks = new HookStore(database);
        var names = Enumerable.Range(0, 50).Select(i => $"hook-{i}").ToList();
        names.ForEach(name => hooks.Create(name, name == "hook-7" ? 9 : 0, []));
        hooks.Create("other", 0, []);

        hooks.Advance(names, 5);

        names.Select(name => hooks.Find(name)!.Cursor).ShouldBe(names.Select(name => name == "hook-7" ? 9L : 5L));
        hooks.Find("other")!.Cursor.ShouldBe(0);
    }

    [Fact]
    public void What_a_webhook_answered_may_have_a_NUL()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();

        database.Write(c => DeliveryTable.Insert(c, "tell", [new DeliveryRow { Hook = "tell", Seq = 1, State = DeliveryState.Done, Response = "a\0b" }]));

        database.Read(c => DeliveryTable.Find(c, "tell", 1))!.Response.ShouldBe(engine == TestEngine.Sqlite ? "a\0b" : "a\uFFFDb");
    }
}

public sealed class SqliteHookStoreTests() : HookStoreTests(TestEngine.Sqlite);

public sealed class PostgresHookStoreTests() : HookStoreTests(TestEngine.Postgres);
