using WgFleet.Hooks.Admin;
using WgFleet.Hooks.Projections;

namespace WgFleet.Tests.Hooks.Projections;

public class UnifiedDiffTests
{
    [Fact]
    public void The_diff_of_equal_texts_is_empty() => UnifiedDiff.Of("/f", "a\n", "a\n").ShouldBe("");

    [Fact]
    public void The_diff_of_a_new_file_has_only_added_lines() => UnifiedDiff.Of("/f", "", "a\nb\n").ShouldBe("--- /f\n+++ /f (as it would be)\n@@ -0,0 +1,2 @@\n+a\n+b\n");

    [Fact]
    public void A_lost_line_end_is_a_change() =>
        UnifiedDiff.Of("/f", "a\n", "a").ShouldEndWith("@@ -1,1 +1,1 @@\n-a\n+a\n\\ No newline at end of file\n");

    [Fact]
    public void Distant_changes_are_separate_hunks_with_three_lines_of_context()
    {
        var before = Enumerable.Range(1, 30).Select(i => $"{i}\n").ToList();
        var after = before.ToList();
        after[4] = "five\n";
        after.RemoveAt(24);

        UnifiedDiff.Of("/f", string.Concat(before), string.Concat(after)).ShouldBe(
            "--- /f\n+++ /f (as it would be)\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n@@ -22,7 +22,6 @@\n 22\n 23\n 24\n-25\n 26\n 27\n 28\n");
    }
}
