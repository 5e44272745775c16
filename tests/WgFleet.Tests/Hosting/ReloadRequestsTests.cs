using WgFleet.Hosting;
using WgFleet.Http.Api;

namespace WgFleet.Tests.Hosting;

public sealed class ReloadRequestsTests
{
    private readonly ReloadRequests _requests = new();

    [Fact]
    public async Task A_reload_answers_the_requests_from_before_it_started_and_no_later_ones()
    {
        var (first, second) = (_requests.Ask(), _requests.Ask());
        await _requests.BeginAsync(TestContext.Current.CancellationToken);
        var third = _requests.Ask();
        _requests.Note([], ["a warning"]);

        OutcomeOf(first).ShouldBeNull();
        _requests.End();

        OutcomeOf(first).ShouldNotBeNull().Warnings.ShouldBe(["a warning"]);
        OutcomeOf(second).ShouldNotBeNull().Errors.ShouldBeEmpty();
        OutcomeOf(third).ShouldBeNull();

        await _requests.BeginAsync(TestContext.Current.CancellationToken);
        _requests.Note(["wrong"], []);
        _requests.End();
        OutcomeOf(third).ShouldNotBeNull().Errors.ShouldBe(["wrong"]);
        OutcomeOf(first).ShouldNotBeNull().Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reload_that_waits_says_so_until_it_ends()
    {
        var number = _requests.Ask();
        await _requests.BeginAsync(TestContext.Current.CancellationToken);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            _requests.Note(["the disk is full"], []);
            _requests.Wait();

            var waiting = OutcomeOf(number).ShouldNotBeNull();
            (waiting.Waits, waiting.Errors.Count).ShouldBe((true, 1));
            ReloadResponse.Of(number, waiting).State.ShouldBe("waiting");
        }

        _requests.End();

        ReloadResponse.Of(number, OutcomeOf(number)).State.ShouldBe("done");
        _requests.Last.ShouldBe(OutcomeOf(number));
    }

    [Fact]
    public async Task A_later_reload_serves_the_requests_of_one_that_waits()
    {
        var number = _requests.Ask();
        await _requests.BeginAsync(TestContext.Current.CancellationToken);
        _requests.Note(["the disk is full"], []);
        _requests.Wait();
        _requests.Ask();
        await _requests.BeginAsync(TestContext.Current.CancellationToken);
        OutcomeOf(number).ShouldBeNull();

        _requests.End();

        OutcomeOf(number).ShouldNotBeNull().Errors.ShouldBeEmpty();
    }

    [Fact]
    public void A_number_that_was_never_given_is_unknown()
    {
        _requests.TryFind(1, out _).ShouldBeFalse();
        _requests.Ask();
        _requests.TryFind(1, out _).ShouldBeTrue();
        _requests.TryFind(2, out _).ShouldBeFalse();
        _requests.TryFind(0, out _).ShouldBeFalse();
    }

    [Fact]
    public void The_end_of_a_start_answers_no_reload_request()
    {
        _requests.Note(["nobody asked"], []);
        _requests.End();

        var number = _requests.Ask();
        OutcomeOf(number).ShouldBeNull();
    }

    private ReloadOutcome? OutcomeOf(long number)
    {
        _requests.TryFind(number, out var outcome).ShouldBeTrue();
        return outcome;
    }
}
