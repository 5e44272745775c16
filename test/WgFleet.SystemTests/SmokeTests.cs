namespace WgFleet.SystemTests;

public class SmokeTests
{
    [Fact]
    public void Runs() => true.ShouldBeTrue();
}
