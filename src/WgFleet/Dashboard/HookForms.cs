using System.Globalization;
using WgFleet.Access;
using WgFleet.Events;
using WgFleet.Hooks.Admin;
using WgFleet.Hosting;

namespace WgFleet.Dashboard;

/// <summary>The forms on a hook's page: what <c>wg-fleet hooks</c> does, for those who may change something.</summary>
internal static class HookForms
{
    /// <summary>How long a page waits for what it has set going; whoever looks later sees how it ended.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private delegate Task<FlashMessage> Act(HookAdmin desk, string hook, IFormCollection form, CancellationToken cancellationToken);

    public static void MapHookForms(this IEndpointRouteBuilder routes)
    {
        var forms = routes.MapGroup("/hooks/{name}").ExcludeFromDescription().For(Audience.People, Permission.Write);
        forms.MapPost("/pause", context => DoAsync(context, PauseAsync));
        forms.MapPost("/resume", context => DoAsync(context, ResumeAsync));
        forms.MapPost("/test", context => DoAsync(context, TestAsync));
        forms.MapPost("/replay", context => DoAsync(context, ReplayAsync));
        forms.MapPost("/run", context => DoAsync(context, RunAsync));
        forms.MapPost("/diff", context => DoAsync(context, DiffAsync));
        forms.MapPost("/retry", context => DoAsync(context, RetryAsync));
        forms.MapPost("/drop", context => DoAsync(context, DropAsync));
    }

    private static async Task DoAsync(HttpContext context, Act act)
    {
        var services = context.RequestServices;
        var hook = (string)context.GetRouteValue("name")!;
        FlashMessage notice;
        try
        {
            notice = await act(services.GetRequiredService<HookAdmin>(), hook, await context.Request.ReadFormAsync(context.RequestAborted), context.RequestAborted);
        }
        catch (RefusedException e)
        {
            notice = new(e.Message, IsTrouble: true);
        }

        await services.GetRequiredService<FlashMessages>().Show(context, $"/hooks/{Uri.EscapeDataString(hook)}", notice).ExecuteAsync(context);
    }

    private static Task<FlashMessage> PauseAsync(HookAdmin desk, string hook, IFormCollection form, CancellationToken cancellationToken)
    {
        desk.Pause(hook, Text(form, "reason"));
        return Told("It is paused: events wait until it is resumed.");
    }

    private static Task<FlashMessage> ResumeAsync(HookAdmin desk, string hook, IFormCollection form, CancellationToken cancellationToken) =>
        Told($"It goes on; {Count(desk.Resume(hook).Waiting, "event waits", "events wait")} for it.");

    private static async Task<FlashMessage> TestAsync(HookAdmin desk, string hook, IFormCollection form, CancellationToken cancellationToken)
    {
        var test = await desk.TestAsync(hook, Text(form, "type"), null, null, cancellationToken);
        var took = string.Create(CultureInfo.InvariantCulture, $"{test.TookMs} ms");
        var code = test.Code is null ? "" : $" ({test.Code})";
        return new(test.Delivered ? $"It took the made-up event in {took}{code}." : $"It did not take the made-up event{code}: {test.Error ?? "no reason was given"}", !test.Delivered)
        {
            Parts =
            [
                .. Part("What it was given", string.Join('\n', test.Given)),
                .. Part("The event", test.Body),
                .. Part("What it answered", test.Response),
            ],
        };
    }

    private static Task<FlashMessage> ReplayAsync(HookAdmin desk, string hook, IFormCollection form, CancellationToken cancellationToken)
    {
        var from = Text(form, "from") ?? throw new RefusedException(Refusal.Invalid, $"a replay begins somewhere; {EventPosition.Use}");
        var dry = Text(form, "dry") is not null;
        var count = desk.Replay(hook, from, Text(form, "to"), Text(form, "type"), dry);
        return Told(dry ? $"{Count(count, "event", "events")} would be delivered again." : $"{Count(count, "event is", "events are")} delivered again.");
    }

    private static async Task<FlashMessage> RunAsync(HookAdmin desk, string hook, IFormCollection form, CancellationToken cancellationToken)
    {
        await desk.RunAsync(hook, cancellationToken);
        return new("It has run.");
    }

    private static async Task<FlashMessage> DiffAsync(HookAdmin desk, string hook, IFormCollection form, CancellationToken cancellationToken)
    {
        var diff = await desk.DiffAsync(hook, cancellationToken);
        return new(diff.Length == 0 ? "It would change nothing." : "It would change its files.") { Parts = [.. Part("How", diff)] };
    }

    private static async Task<FlashMessage> RetryAsync(HookAdmin desk, string hook, IFormCollection form, CancellationToken cancellationToken)
    {
        var sequence = Sequence(form);
        var last = sequence ?? desk.DeadLetters(hook).Select(d => d.Seq).DefaultIfEmpty().Max();
        var count = desk.RetryDead(hook, sequence);
        await desk.WaitAsync(last, hook, Patience, cancellationToken);

        // Told as it is now: who asked for one wants to know what became of it.
        if (sequence is { } one && desk.DeadLetters(hook).FirstOrDefault(d => d.Seq == one) is { } dead)
            return new($"Event {one} was tried again and failed again: {dead.Error ?? dead.Code ?? "no reason was given"}", IsTrouble: true);

        var now = desk.Find(hook);
        return new($"{Count(count, "dead letter was", "dead letters were")} tried again; {Count(now.DeadLetters, "is", "are")} left, {Count(now.Waiting, "event waits", "events wait")}.");
    }

    private static Task<FlashMessage> DropAsync(HookAdmin desk, string hook, IFormCollection form, CancellationToken cancellationToken) =>
        Told($"{Count(desk.DropDead(hook, Sequence(form)), "dead letter is", "dead letters are")} forgotten.");

    /// <summary>The event a button is about; null for the button that is about all.</summary>
    private static long? Sequence(IFormCollection form) => Text(form, "seq") switch
    {
        "all" => null,
        { } text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) => sequence,
        _ => throw new RefusedException(Refusal.Invalid, "the form does not say which dead letter: load the page again"),
    };

    private static string? Text(IFormCollection form, string field) => form[field].ToString().Trim() is { Length: > 0 } text ? text : null;

    private static IEnumerable<KeyValuePair<string, string>> Part(string name, string? text) => string.IsNullOrEmpty(text) ? [] : [new(name, text)];

    private static string Count(int count, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many)}");

    private static Task<FlashMessage> Told(string text) => Task.FromResult(new FlashMessage(text));
}
