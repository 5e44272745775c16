using WgFleet.Hosting;

namespace WgFleet.Tests.Hosting;

public class PlainTextTests
{
    [Theory]
    [InlineData("excavator", "excavator")]
    [InlineData("Grüße, 機械", "Grüße, 機械")]
    [InlineData("a\u001b[31mb\r\nc\u007f\u009b", @"a\u001b[31mb\u000d\u000ac\u007f\u009b")]
    [InlineData("user\u202egnp.exe", @"user\u202egnp.exe")]
    [InlineData("zero\u200bwidth\ufeff", @"zero\u200bwidth\ufeff")]
    [InlineData("a\u2028b\u2029c", @"a\u2028b\u2029c")]
    public void Characters_that_steer_how_text_is_shown_are_written_out(string text, string plain) => PlainText.Of(text).ShouldBe(plain);
}
