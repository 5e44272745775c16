using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Tests.Hooks.Deliveries;

namespace WgFleet.Tests.Hooks.Plugins;

public class PluginTests
{
    [Fact]
    public async Task The_sample_plugin_is_loaded_from_its_folder_and_gets_its_events()
    {
        using var plugins = new PluginStage();
        using var output = new Folder();
        Install("JoinLog", plugins.Path);
        var entry = new HookConfig { Name = "join_log", Settings = new Dictionary<string, string> { ["path"] = output.File("joins") } };
        await using var stage = new Stage(plugins.Config(entry));

        var listing = stage.Hooks.Definitions.ShouldHaveSingleItem();
        listing.Inactive.ShouldBeNull();
        listing.Source.ShouldBe(Path.Combine(plugins.Path, "JoinLog/JoinLog.dll"));
        await stage.StartAsync();
        await stage.TellAsync(stage.World.Add());
        await stage.TellAsync(stage.World.Remove());

        File.ReadAllLines(output.File("joins")).Select(l => l.Split(' ', 2)[1]).ShouldBe(["fd00:1::1 has joined alpha", "fd00:1::1 has left alpha: stale"]);
        stage.Log.Lines.ShouldContain(l => l.Category == "WgFleet.Hooks.join_log" && l.Message == "fd00:1::1 is in the log");
    }

    [Fact]
    public void A_plugin_brings_its_own_dependencies()
    {
        using var plugins = new PluginStage();
        Directory.CreateDirectory(Path.Combine(plugins.Path, "Needy"));
        var library = PluginStage.Compile("Needed", "public static class Needed { public static string Word => \"word\"; }", Path.Combine(plugins.Path, "Needy/Needed.dll"));
        plugins.Compile("Needy", PluginStage.Usings + PluginStage.Handler.Replace("public ValueTask", "public Plain() => Console.Write(Needed.Word[..0]); public ValueTask"), library);

        plugins.WhyNot().ShouldBeNull();
    }

    [Fact]
    public void One_that_is_built_against_another_major_version_is_not_loaded()
    {
        using var plugins = new PluginStage();
        using var elsewhere = new Folder();
        var other = PluginStage.Compile(
            "WgFleet.Hooks", """[assembly: System.Reflection.AssemblyVersion("2.0.0.0")] public class HookAttribute : System.Attribute;""", elsewhere.File("WgFleet.Hooks.dll"));
        plugins.Compile("Newer", "[Hook] public class Some;", other);

        plugins.WhyNot().ShouldBe("incompatible: it is built against version 2 of WgFleet.Hooks, and this server has version 1");
    }

    [Fact]
    public void One_that_is_built_for_a_newer_framework_is_not_loaded()
    {
        using var plugins = new PluginStage();
        plugins.Compile("Newer", PluginStage.Usings + "[assembly: System.Runtime.Versioning.TargetFramework(\".NETCoreApp,Version=v99.0\")]\n" + PluginStage.Handler);

        plugins.WhyNot().ShouldBe($"incompatible: it is built for .NET 99.0, and this server runs on .NET {Environment.Version}");
    }

    [Fact]
    public void One_whose_dependency_is_missing_is_named_with_it()
    {
        using var plugins = new PluginStage();
        using var elsewhere = new Folder();
        var library = PluginStage.Compile("Missing", "public class Missing;", elsewhere.File("Missing.dll"));
        plugins.Compile("Lonely", PluginStage.Usings + PluginStage.Handler.Replace("Plain :", "Plain : Missing,"), library);

        plugins.WhyNot().ShouldNotBeNull().ShouldSatisfyAllConditions(
            why => why.ShouldStartWith("incompatible: "),
            why => why.ShouldContain("Missing"));
    }

    [Fact]
    public void A_static_constructor_that_throws_leaves_its_hook_out_and_tells_what_it_threw()
    {
        using var plugins = new PluginStage();
        plugins.Compile("Throws", PluginStage.Usings + PluginStage.Handler.Replace("public ValueTask", "static Plain() => throw new InvalidOperationException(\"no luck\"); public ValueTask"));

        plugins.WhyNot().ShouldBe("it cannot be built: no luck");
    }

    [Fact]
    public void What_is_no_assembly_uses_no_hooks_or_has_none_is_named()
    {
        using var plugins = new PluginStage();
        plugins.Compile("A.Empty", "public class Some;");
        plugins.Compile("B.NoHook", PluginStage.Usings + "public class Some { public FleetEvent? E; }");
        File.WriteAllText(plugins.Compile("C.Text", ""), "this is text");
        Directory.CreateDirectory(Path.Combine(plugins.Path, "D.Nothing"));

        plugins.Load().Definitions.Select(l => (l.Name, l.Kind.Text(), l.Inactive)).ShouldBe(
        [
            ("A.Empty", "plugin", "incompatible: it does not use WgFleet.Hooks, so there is no hook in it"),
            ("B.NoHook", "plugin", "there is no class with [Hook] in it"),
            ("C.Text", "plugin", "incompatible: it is not a .NET assembly"),
            ("D.Nothing", "plugin", "there is no D.Nothing.dll in it"),
        ]);
    }

    [Fact]
    public void One_that_others_could_have_written_is_not_loaded()
    {
        using var plugins = new PluginStage();
        var path = plugins.Compile("Open", PluginStage.Usings + PluginStage.Handler);
        ExecFolder.Chmod("0664", path);

        plugins.WhyNot().ShouldBe($"{path} can be written by others than its owner (mode 0664); chmod go-w {path}");
    }

    [Fact]
    public void One_whose_folder_others_can_write_to_is_not_loaded()
    {
        using var plugins = new PluginStage();
        var folder = Path.GetDirectoryName(plugins.Compile("Open", PluginStage.Usings + PluginStage.Handler))!;
        ExecFolder.Chmod("0775", folder);

        plugins.WhyNot().ShouldBe($"{folder} can be written by others than its owner (mode 0775); chmod go-w {folder}");
    }

    [Fact]
    public void The_others_run_and_the_server_starts_though_the_list_names_a_hook_of_one_that_is_not_loaded()
    {
        using var plugins = new PluginStage();
        plugins.Compile("Bad", "public class Some;");
        plugins.Compile("Good", PluginStage.Usings + PluginStage.Handler);

        var catalog = plugins.Load(new HookConfig { Name = "of_bad" });

        catalog.Problems.ShouldBeEmpty();
        catalog.Definitions.Select(l => (l.Name, l.Inactive is null)).ShouldBe([("plain", true), ("Bad", false)]);
        plugins.Log.Lines.ShouldContain(l => l.Message.Contains("'of_bad'"));
    }

    [Fact]
    public void The_contract_has_the_version_that_plugins_are_built_against() =>
        typeof(FleetEvent).Assembly.GetName().Version.ShouldBe(new Version(1, 0, 0, 0), "change the major version only if plugins must be built anew");

    /// <summary>Copies a sample as it was built beside these tests into a folder of plugins.</summary>
    private static void Install(string sample, string plugins)
    {
        var built = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../..", sample, new DirectoryInfo(AppContext.BaseDirectory).Name));
        var folder = Directory.CreateDirectory(Path.Combine(plugins, sample)).FullName;
        ExecFolder.Chmod("0755", folder);
        foreach (var file in Directory.GetFiles(built))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            ExecFolder.Chmod("0644", Path.Combine(folder, Path.GetFileName(file)));
        }
    }
}
