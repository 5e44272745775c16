using WgFleet.Config.Reading;

namespace WgFleet.Tests.Config;

public class UnreadableFileTests
{
    private const string Use = "use keys such as domain, prune_timeout and fleets";

    [Fact]
    public void A_missing_file_is_refused() => Problem("/nowhere/wg-fleet.yaml")
        .ShouldBe("/nowhere/wg-fleet.yaml: there is no such file, create it or name another with --config FILE");

    [Fact]
    public void A_directory_instead_of_a_file_is_refused() => Problem("/tmp").ShouldBe("/tmp: is a directory, name the file in it");

    // Nobody may read these two, not even root.
    [Fact]
    public void A_file_without_read_permission_is_refused() => Problem("/proc/sys/vm/compact_memory")
        .ShouldBe($"/proc/sys/vm/compact_memory: may not be read by user {Environment.UserName}, change its owner or mode");

    [Fact]
    public void A_file_that_fails_while_it_is_read_is_refused() => Problem("/proc/self/mem")
        .ShouldBe("/proc/self/mem: cannot be read: Input/output error : '/proc/self/mem'");

    [Fact]
    public void An_empty_file_name_is_refused() => ConfigFile.Load("").Problems.Count.ShouldBe(1);

    [Theory]
    [InlineData("", $"FILE: is empty, {Use}")]
    [InlineData("# nothing yet\n", $"FILE: is empty, {Use}")]
    [InlineData("---\n...\n", $"FILE: is empty, {Use}")]
    [InlineData("null\n", $"FILE: is empty, {Use}")]
    [InlineData("\n- a\n", $"FILE:2: is a list, {Use}")]
    [InlineData("domain", $"FILE:1: is 'domain', {Use}")]
    [InlineData("a: 1\n---\nb: 2\n", "FILE:2:1: a second document starts here, only one is allowed")]
    [InlineData("---\n---\nb: 2\n", "FILE:2:1: a second document starts here, only one is allowed")]
    [InlineData("a: [\n", "FILE:2:1: not YAML: while parsing a node, did not find expected node content")]
    [InlineData("a: b: c\n", "FILE:1:5: not YAML: while scanning a plain scalar value, found invalid mapping")]
    [InlineData("a: 'b\n", "FILE:1:4: not YAML: while scanning a quoted scalar, found unexpected end of stream")]
    [InlineData("a: @b\n", "FILE:1:4: not YAML: while scanning for the next token, found character that cannot start any token")]
    [InlineData("listen: [::]:8000\n", "FILE:1:14: not YAML: while parsing a block mapping, did not find expected key (write \"[::]:8000\", in quotes)")]
    [InlineData("listen:\n- 0.0.0.0:80\n- [::]:80\n", "FILE:3:8: not YAML: while parsing a block mapping, did not find expected key (write \"[::]:80\", in quotes)")]
    [InlineData("a: fd00::\n", "FILE:1:9: not YAML: while scanning a plain scalar value, found invalid mapping (write \"fd00::\", in quotes)")]
    [InlineData("a: b\nc:\n\td: e\n", "FILE:3:1: not YAML: a tab where only spaces may indent")]
    [InlineData("a:\n  b: c\n\td: e\n", "FILE:3:1: not YAML: a tab where only spaces may indent")]
    [InlineData("a: {\nb: c\n}\n", "FILE:2:1: not YAML: within [ ] or { } every line must be indented deeper than the key before it")]
    [InlineData("a: *x\n", "FILE:1:4: there is no anchor 'x' above")]
    [InlineData("a: &x [*x]\n", "FILE:1:8: anchor 'x' contains itself")]
    [InlineData("&x a: {b: &y {c: *y}}\n", "FILE:1:18: anchor 'y' contains itself")]
    [InlineData("a: &x\n  <<: *x\n", "FILE:2:7: anchor 'x' contains itself")]
    [InlineData("<<: 5\n", "FILE:1:1: '<<' merges a mapping or a list of mappings, nothing else")]
    [InlineData("<<: [{a: 1}, 5]\n", "FILE:1:1: '<<' merges a mapping or a list of mappings, nothing else")]
    [InlineData("a: !secret b\n", "FILE:1:4: unknown tag '!secret'")]
    [InlineData("a: !!set {b}\n", "FILE:1:4: unknown tag 'tag:yaml.org,2002:set'")]
    [InlineData("? [a]\n: b\n", "FILE:1:3: a key must be text")]
    [InlineData("a: b\nc: \0\n", "FILE:2:4: not UTF-8 text from here, save the file as UTF-8 without control characters")]
    public void A_file_without_a_configuration_is_refused(string text, string problem) => Yaml.Problems(text).ShouldBe(problem);

    [Theory]
    [InlineData(new byte[] { (byte)'a', (byte)'\n', 0xff, 0xfe }, "FILE:2:1")]
    [InlineData(new byte[] { 0xff, 0xfe, (byte)'a', 0 }, "FILE:1:1")]
    [InlineData(new byte[] { (byte)'a', 0xc3 }, "FILE:1:2")]
    public void A_file_that_is_not_UTF_8_is_refused(byte[] bytes, string place) =>
        Yaml.Lines(Yaml.Load(bytes).Problems).ShouldBe($"{place}: not UTF-8 text from here, save the file as UTF-8 without control characters");

    private static string Problem(string path)
    {
        var result = ConfigFile.Load(path);

        result.Config.ShouldBeNull();
        return result.Problems.ShouldHaveSingleItem().ToString();
    }
}
