using WgFleet.Hooks.Discovery;

namespace WgFleet.Tests.Hooks.Discovery;

public sealed class HooksFolderTests : IDisposable
{
    private const string Script = "#!/bin/sh\n";

    private readonly ExecFolder _folder = new();

    public HooksFolderTests()
    {
        foreach (var name in new[] { "etc", "lib" })
        {
            Directory.CreateDirectory(_folder.File(name));
            ExecFolder.Chmod("0755", _folder.File(name));
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_files_of_all_directories_are_hooks_in_the_order_of_their_names()
    {
        foreach (var file in new[] { "etc/60-cmdb.sh", "lib/10-dns_update", "etc/20-Mail", "lib/20-siem.py", "etc/05-zone-file" })
            _folder.Write(file, Script);

        Scan().Where(f => f.Inactive is null).ShouldBe(
        [
            new HookFile("zone-file", _folder.File("etc/05-zone-file"), 5),
            new HookFile("dns_update", _folder.File("lib/10-dns_update"), 10),
            new HookFile("siem", _folder.File("lib/20-siem.py"), 20),
            new HookFile("cmdb", _folder.File("etc/60-cmdb.sh"), 60),
        ]);
    }

    [Theory]
    [InlineData("cmdb")]
    [InlineData("1-cmdb")]
    [InlineData("100-cmdb")]
    [InlineData("10-Cmdb")]
    [InlineData("10-cm db")]
    [InlineData("10-a.b.sh")]
    [InlineData("10-")]
    [InlineData("README")]
    public void A_file_with_another_name_is_inactive(string name)
    {
        _folder.Write($"etc/{name}", Script);

        var file = Scan().ShouldHaveSingleItem();
        file.Name.ShouldBe(name);
        file.Inactive.ShouldBe("its name is not NN-name, two digits and a-z, 0-9, _ and -; rename it");
    }

    [Theory]
    [InlineData(".hidden")]
    [InlineData("10-cmdb~")]
    [InlineData("#10-cmdb#")]
    [InlineData("10-cmdb.rpmsave")]
    [InlineData("10-cmdb.rpmnew")]
    [InlineData("10-cmdb.dpkg-dist")]
    [InlineData("10-cmdb.dpkg-old")]
    [InlineData(".10-cmdb.swp")]
    [InlineData("10-cmdb.swp")]
    [InlineData("10-cmdb.bak")]
    public void Leftovers_of_editors_and_packagers_are_ignored(string name)
    {
        _folder.Write($"etc/{name}", Script);
        _folder.Write("etc/50-rpm", Script);

        Scan().ShouldBe([new HookFile("rpm", _folder.File("etc/50-rpm"), 50)]);
    }

    [Fact]
    public void A_file_in_the_first_directory_hides_a_file_with_the_same_name_in_the_second()
    {
        _folder.Write("etc/10-cmdb", Script);
        _folder.Write("lib/10-cmdb", Script);

        Scan().ShouldBe(
        [
            new HookFile("cmdb", _folder.File("etc/10-cmdb"), 10),
            new HookFile("cmdb", _folder.File("lib/10-cmdb"), 10) { Inactive = $"{_folder.File("etc/10-cmdb")} comes before it", Hidden = true },
        ]);
    }

    [Fact]
    public void A_link_to_dev_null_masks_a_hook_of_a_package()
    {
        File.CreateSymbolicLink(_folder.File("etc/10-cmdb"), "/dev/null");
        _folder.Write("lib/10-cmdb", Script);

        Scan().Select(f => f.Inactive).ShouldBe(["masked by a link to /dev/null", $"{_folder.File("etc/10-cmdb")} comes before it"]);
    }

    [Fact]
    public void Two_files_with_the_same_hook_name_are_inactive()
    {
        _folder.Write("etc/10-cmdb", Script);
        _folder.Write("etc/20-cmdb.sh", Script);

        Scan().Select(f => f.Inactive).ShouldBe([null, $"its name 'cmdb' is also that of {_folder.File("etc/10-cmdb")}; rename one"]);
    }

    [Fact]
    public void A_file_that_may_not_run_is_listed_with_every_reason()
    {
        var plain = _folder.Write("etc/10-plain", Script, "0644");
        var open = _folder.Write("etc/20-open", Script, "0666");
        Directory.CreateDirectory(_folder.File("etc/30-folder"));
        ExecFolder.Chmod("0755", _folder.File("etc/30-folder"));

        Scan().Select(f => f.Inactive).ShouldBe(
        [
            $"{plain} is not executable; chmod +x {plain}",
            $"{open} can be written by others than its owner (mode 0666); chmod go-w {open}; {open} is not executable; chmod +x {open}",
            $"{_folder.File("etc/30-folder")} is a directory, not a program",
        ]);
    }

    [Fact]
    public void A_missing_directory_counts_as_empty()
    {
        HooksFolder.Scan([_folder.File("none")], ExecFolder.Self).ShouldBeEmpty();
    }

    private IReadOnlyList<HookFile> Scan() => HooksFolder.Scan([_folder.File("etc"), _folder.File("lib")], ExecFolder.Self);
}
