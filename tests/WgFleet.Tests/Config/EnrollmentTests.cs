using System.Net;
using WgFleet.Config;

namespace WgFleet.Tests.Config;

/// <summary>Who may register, as the file says it.</summary>
public class EnrollmentTests
{
    [Fact]
    public void A_fleet_is_open_by_default()
    {
        var enrollment = Alpha(Yaml.Minimal);

        enrollment.ShouldBe(EnrollmentConfig.Open);
        enrollment.IsOpen.ShouldBeTrue();
        enrollment.AsksNothing.ShouldBeTrue();
    }

    [Fact]
    public void The_top_level_keys_apply_to_all_fleets_without_their_own()
    {
        var config = Yaml.Valid(Yaml.Minimal + Yaml.Beta + """
                enrollment: open
                enrollment_allow: ["10.0.0.0/8"]
                enrollment_rate: {source: 5/s}
            enrollment: token
            enrollment_rate:
              source: 100/m
              fleet: 5000/h

            """);

        config.Fleets[0].Enrollment.ShouldBe(new EnrollmentConfig { NeedsToken = true, SourceRate = new Rate(100, TimeSpan.FromMinutes(1)), FleetRate = new Rate(5000, TimeSpan.FromHours(1)) });
        var beta = config.Fleets[1].Enrollment;
        (beta.NeedsToken, beta.SourceRate, beta.FleetRate).ShouldBe((false, new Rate(5, TimeSpan.FromSeconds(1)), null));
        beta.Allow.ShouldNotBeNull().ShouldBe([IPNetwork.Parse("10.0.0.0/8")]);
        beta.IsOpen.ShouldBeFalse("a list of networks is an answer to who may come");
    }

    [Fact]
    public void An_empty_enrollment_allow_allows_nobody() =>
        Alpha(Yaml.Minimal + "enrollment_allow: []\n").Allow.ShouldNotBeNull().ShouldBeEmpty();

    [Theory]
    [InlineData("enrollment: tokens", "enrollment: 'tokens' is not a kind of enrollment (did you mean 'token'?), use open or token")]
    [InlineData("enrollment: true", "enrollment: true is not a kind of enrollment, use open or token")]
    [InlineData("enrollment:", "enrollment: has no value, use open or token")]
    [InlineData("enrolment: token", "unknown key 'enrolment', did you mean 'enrollment'?")]
    [InlineData("enrollment_allow: 10.0.0.0/8", "enrollment_allow: is '10.0.0.0/8', use a list of networks, such as [10.0.0.0/8]")]
    [InlineData("enrollment_allow: [10.0.0.1/8]", "enrollment_allow[0]: '10.0.0.1/8' has host bits set, use one such as 10.0.0.0/8 or fd00::/8")]
    [InlineData("enrollment_rate: 5/s", "enrollment_rate: is '5/s', use the keys source and fleet")]
    [InlineData("enrollment_rate: {sourse: 5/s}", "enrollment_rate: unknown key 'sourse', did you mean 'source'?")]
    [InlineData("enrollment_rate: {source: 5}", "enrollment_rate.source: 5 is not a rate, use one such as 20/s, 600/m or 1000/h")]
    [InlineData("enrollment_rate: {source: 0/s}", "enrollment_rate.source: '0/s' is not a rate, use one such as 20/s, 600/m or 1000/h")]
    [InlineData("enrollment_rate: {source: 1000001/s}", "enrollment_rate.source: '1000001/s' is not a rate, use one such as 20/s, 600/m or 1000/h")]
    [InlineData("enrollment_rate: {fleet: 5/d}", "enrollment_rate.fleet: '5/d' is not a rate, use one such as 20/s, 600/m or 1000/h")]
    public void An_invalid_key_is_reported_with_its_line(string line, string problem)
    {
        Yaml.Problems(Yaml.Minimal + line + "\n").ShouldBe($"FILE:9: {problem}");
        Yaml.Problems(Yaml.Minimal + "    " + line + "\n").ShouldBe("FILE:9: fleets.alpha" + (problem.StartsWith("unknown", StringComparison.Ordinal) ? ": " : ".") + problem);
    }

    [Theory]
    [InlineData("20/s")]
    [InlineData("600/m")]
    [InlineData("1000000/h")]
    public void A_rate_is_printed_as_it_is_written(string text)
    {
        Rate.TryParse(text, out var rate).ShouldBeTrue();
        rate.ToString().ShouldBe(text);
    }

    private static EnrollmentConfig Alpha(string text) => Yaml.Valid(text).Fleets[0].Enrollment;
}
