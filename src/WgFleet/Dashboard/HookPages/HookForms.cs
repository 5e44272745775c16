using System.Globalization;
using WgFleet.Access;
using WgFleet.Dashboard.Site;
using WgFleet.Events;
using WgFleet.Hooks;
using WgFleet.Hooks.Admin;
using WgFleet.Hosting;

namespace WgFleet.Dashboard.HookPages;

/// <summary>The forms on a hook's page. Each does what the command of that name below <c>wg-fleet hooks</c> does.</summary>
/// <remarks>Every form leads back to the hook's page, which shows the outcome once.</remarks>
internal static class HookForms
{
    /// <summary>How long a retry waits for its result before the page is shown.</summary>
    private static readonly TimeSpan RetryWait = TimeSpan.FromSeconds(3);

    private delegate Task<FlashMessage> Act(HookAdmin admin, string hook, IFormCollection form, FleetOperator by, CancellationToken cancellationToken);

    public static void MapHookForms(this IEndpointRouteBuilder routes)
    {
        var forms = routes.MapGroup("/hooks/{name}").ExcludeFromDescription().Require(Audience.People, Permission.Write);
        forms.MapPost("/pause", context => RunAsync(context, PauseAsync));
        forms.MapPost("/resume", context => RunAsync(context, ResumeAsync));
        forms.MapPost("/test", context => RunAsync(context, TestAsync));
        forms.MapPost("/replay", context => RunAsync(context, ReplayAsync));
        forms.MapPost("/run", context => RunAsync(context, RunProjectionAsync));
        forms.MapPost("/diff", context => RunAsync(context, DiffAsync));
        forms.MapPost("/retry", context => RunAsync(context, RetryAsync));
        forms.MapPost("/drop", context => RunAsync(context, DropAsync));
    }

    private static async Task RunAsync(HttpContext context, Act act)
    {
        var services = context.RequestServices;
        var hook = (string)context.GetRouteValue("name")!;
        FlashMessage message;
        try
        {
            message = await act(services.GetRequiredService<HookAdmin>(), hook, await context.Request.ReadFormAsync(context.RequestAborted), context.Caller().Operator, context.RequestAborted);
        }
        catch (RefusedException e)
        {
            message = new(e.Message, IsTrouble: true);
        }

        await services.GetRequiredService<FlashMessages>().Show(context, HookTableRow.LinkTo(hook), message).ExecuteAsync(context);
    }

    private static async Task<FlashMessage> PauseAsync(HookAdmin admin, string hook, IFormCollection form, FleetOperator by, CancellationToken cancellationToken)
    {
        await admin.PauseAsync(hook, Text(form, "reason"), by);
        return new("Paused. Events wait until the hook is resumed.");
    }

    private static async Task<FlashMessage> ResumeAsync(HookAdmin admin, string hook, IFormCollection form, FleetOperator by, CancellationToken cancellationToken) =>
        new($"Resumed. {Count((await admin.ResumeAsync(hook, by)).Waiting, "event is", "events are")} waiting.");

    private static async Task<FlashMessage> TestAsync(HookAdmin admin, string hook, IFormCollection form, FleetOperator by, CancellationToken cancellationToken)
    {
        var test = await admin.TestAsync(hook, Text(form, "type"), null, null, cancellationToken);
        var code = test.Code is null ? "" : $" ({test.Code})";
        return new(test.Delivered ? $"The sample event was delivered in {test.TookSeconds * 1000:F0} ms{code}." : $"The sample event failed{code}: {test.Error ?? "no reason was given"}", !test.Delivered)
        {
            Details =
            [
                .. Detail("Request", string.Join('\n', test.Given)),
                .. Detail("Event sent", test.Body),
                .. Detail("Response", test.Response),
            ],
        };
    }

    private static async Task<FlashMessage> ReplayAsync(HookAdmin admin, string hook, IFormCollection form, FleetOperator by, CancellationToken cancellationToken)
    {
        var from = Text(form, "from") ?? throw new RefusedException(Refusal.Invalid, $"fill in From: {EventPosition.Use}");
        var dry = Text(form, "dry") is not null;
        var count = await admin.ReplayAsync(hook, from, Text(form, "to"), Text(form, "type"), dry, by, cancellationToken);
        return new(dry ? $"{Count(count, "event", "events")} would be delivered again." : $"{Count(count, "event is", "events are")} being delivered again.");
    }

    private static async Task<FlashMessage> RunProjectionAsync(HookAdmin admin, string hook, IFormCollection form, FleetOperator by, CancellationToken cancellationToken)
    {
        await admin.RunAsync(hook, cancellationToken);
        return new("The files are written.");
    }

    private static async Task<FlashMessage> DiffAsync(HookAdmin admin, string hook, IFormCollection form, FleetOperator by, CancellationToken cancellationToken)
    {
        var diff = await admin.DiffAsync(hook, cancellationToken);
        return new(diff.Length == 0 ? "A run would change nothing." : "A run would change the files.") { Details = [.. Detail("Changes", diff)] };
    }

    private static async Task<FlashMessage> RetryAsync(HookAdmin admin, string hook, IFormCollection form, FleetOperator by, CancellationToken cancellationToken)
    {
        var sequence = Sequence(form);
        var last = sequence ?? (await DeadAsync()).Select(d => d.Seq).DefaultIfEmpty().Max();
        var count = await admin.RetryDeadAsync(hook, sequence, by);
        await admin.WaitAsync(last, hook, RetryWait, cancellationToken);

        // An operator who retried one event wants to see its outcome.
        if (sequence is { } one && (await DeadAsync()).FirstOrDefault(d => d.Seq == one) is { } dead)
            return new($"Event {one} failed again: {dead.Error ?? dead.Code ?? "no reason was given"}", IsTrouble: true);

        var now = admin.Find(hook);
        return new($"{Count(count, "dead letter was", "dead letters were")} retried; {Count(now.DeadLetters, "is", "are")} left, {Count(now.Waiting, "event is", "events are")} waiting.");

        Task<IReadOnlyList<DeliveryInfo>> DeadAsync() => admin.DeadLettersAsync(hook, HookAdmin.MaxListed, cancellationToken);
    }

    private static async Task<FlashMessage> DropAsync(HookAdmin admin, string hook, IFormCollection form, FleetOperator by, CancellationToken cancellationToken) =>
        new($"{Count(await admin.DropDeadAsync(hook, Sequence(form), by), "dead letter was", "dead letters were")} dropped.");

    /// <summary>The event that a button is about; null for the button "all".</summary>
    private static long? Sequence(IFormCollection form) => Text(form, "seq") switch
    {
        "all" => null,
        { } text when long.TryParse(text, NumberStyles.None, null, out var sequence) => sequence,
        _ => throw new RefusedException(Refusal.Invalid, "the form does not name a dead letter; load the page again"),
    };

    private static string? Text(IFormCollection form, string field) => form[field].ToString().Trim() is { Length: > 0 } text ? text : null;

    private static IEnumerable<KeyValuePair<string, string>> Detail(string name, string? text) => string.IsNullOrEmpty(text) ? [] : [new(name, text)];

    private static string Count(int count, string one, string many) => $"{count} {(count == 1 ? one : many)}";
}
