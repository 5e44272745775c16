using Microsoft.Extensions.Logging.Abstractions;
using WgFleet.Hosting;
using WgFleet.Queries.Troubles;

namespace WgFleet.Tests.Queries.Troubles;

public class ServerTroublesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(90, 15, null)]
    [InlineData(90, 14, "the certificate /etc/tls.pem ends at 2026-03-18 12:00:00Z")]
    [InlineData(90, 0, "the certificate /etc/tls.pem has ended")]
    [InlineData(6, 2, null)]
    [InlineData(6, 1, "the certificate /etc/tls.pem ends at 2026-03-05 12:00:00Z")]
    public void A_certificate_is_told_two_weeks_before_its_end_or_for_its_last_quarter(int life, int left, string? sentence) =>
        ServerTroubles.OfCertificate(new("/etc/tls.pem", Now.AddDays(left - life), Now.AddDays(left), null), Now).Select(t => t.Sentence).ShouldBe(sentence is null ? [] : [sentence]);

    [Fact]
    public void Only_a_certificate_that_has_ended_is_broken()
    {
        ServerTroubles.OfCertificate(new("a", Now.AddDays(-90), Now, null), Now).ShouldHaveSingleItem().Severity.ShouldBe(Severity.Broken);
        ServerTroubles.OfCertificate(new("a", Now.AddDays(-90), Now.AddDays(1), null), Now).ShouldHaveSingleItem().Severity.ShouldBe(Severity.Attention);
        ServerTroubles.OfCertificate(null, Now).ShouldBeEmpty();
    }

    [Fact]
    public void New_files_of_a_certificate_that_cannot_be_used_are_told() =>
        ServerTroubles.OfCertificate(new("a", Now.AddDays(-1), Now.AddDays(89), "no key"), Now).ShouldHaveSingleItem().Sentence
            .ShouldBe("the new files of the certificate a cannot be used: no key");

    [Theory]
    [InlineData(ServerTroubles.LowDisk, null)]
    [InlineData(ServerTroubles.LowDisk - 1, "the disk of /var/lib/clients.db has 99 MiB left")]
    [InlineData(0L, "the disk of /var/lib/clients.db has 0 MiB left")]
    [InlineData(null, null)]
    public void A_disk_with_less_than_100_MiB_is_told(long? free, string? sentence) =>
        ServerTroubles.OfDisk("/var/lib/clients.db", free).Select(t => t.Sentence).ShouldBe(sentence is null ? [] : [sentence]);

    [Theory]
    [InlineData(7200, "the clock was set forward by 2h, or the machine slept")]
    [InlineData(-90, "the clock was set back by 1m30s")]
    [InlineData(9, null)]
    [InlineData(-9, null)]
    public void A_clock_that_is_set_is_told_for_an_hour(int seconds, string? sentence)
    {
        var time = new SettableTime();
        var clock = new ClockWatch(time, NullLogger<ClockWatch>.Instance);
        time.Pass(TimeSpan.FromSeconds(5));
        clock.Look();
        Sentences().ShouldBeEmpty();

        time.Pass(TimeSpan.FromSeconds(5));
        time.Set(TimeSpan.FromSeconds(seconds));
        clock.Look();
        Sentences().ShouldBe(sentence is null ? [] : [sentence]);

        time.Pass(TimeSpan.FromHours(1));
        clock.Look();
        Sentences().ShouldBe(sentence is null ? [] : [sentence]);
        time.Pass(TimeSpan.FromSeconds(1));
        Sentences().ShouldBeEmpty();

        IEnumerable<string> Sentences() => ServerTroubles.OfClock(clock, time.GetUtcNow()).Select(t => t.Sentence);
    }

    /// <summary>A clock whose time of day can be set while the time that passes goes on.</summary>
    private sealed class SettableTime : TimeProvider
    {
        private TimeSpan _passed;
        private TimeSpan _set;

        public void Pass(TimeSpan by) => _passed += by;

        public void Set(TimeSpan by) => _set += by;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _passed.Ticks;

        public override DateTimeOffset GetUtcNow() => Now + _passed + _set;
    }
}
