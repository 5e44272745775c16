using System.Text;
using WgFleet.Hooks.Programs;

namespace WgFleet.Tests.Hooks.Programs;

/// <summary>What is shown of a program's output.</summary>
public class OutputTailTests
{
    [Fact]
    public void Characters_that_steer_how_text_is_shown_are_replaced_in_lines_and_in_the_text_that_is_kept()
    {
        var lines = new List<string>();
        var tail = new OutputTail(lines.Add);

        // An escape, one that turns the direction of writing, one without width, and separators of lines and paragraphs; line breaks and tabs stay.
        tail.Add(Encoding.UTF8.GetBytes("a\u001bb\u202ec\u200bd\u2028e\u2029f\tg\r\nlast"));
        tail.End();

        tail.Text.ShouldBe("a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf\tg\r\nlast");
        lines.ShouldBe(["a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf\tg", "last"]);
    }
}
