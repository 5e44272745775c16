using Microsoft.Extensions.Logging.Abstractions;
using WgFleet.Store;
using WgFleet.Store.Engine;

namespace WgFleet.Tests.Store;

public class HookStoreTests
{
    [Fact]
    public void Moving_the_cursors_of_fifty_handlers_moves_those_behind_and_no_other()
    {
        using var folder = new Folder();
        using var database = Database.Open(folder.File("clients.db"), NullLogger.Instance);
        var hooks = new HookStore(database);
        var names = Enumerable.Range(0, 50).Select(i => $"hook-{i}").ToList();
        names.ForEach(name => hooks.Create(name, name == "hook-7" ? 9 : 0, []));
        hooks.Create("other", 0, []);

        hooks.Advance(names, 5);

        names.Select(name => hooks.Find(name)!.Cursor).ShouldBe(names.Select(name => name == "hook-7" ? 9L : 5L));
        hooks.Find("other")!.Cursor.ShouldBe(0);
    }
}
