using WgFleet.Hosting;
using WgFleet.Queries.Many;
using WgFleet.Store;

namespace WgFleet.Dashboard.ManyPages;

/// <summary>What is done to many clients, in words.</summary>
internal static class ManyWords
{
    /// <summary>The button that does it: "Remove 12 clients".</summary>
    public static string ToDo(ManyPlan plan) => $"{plan.Act.Kind} {Quantity.Of(plan.Changes, "client")}";

    /// <summary>What was done: "12 clients removed.".</summary>
    public static string Done(ManyKind kind, int count) => $"{Quantity.Of(count, "client")} {kind switch
    {
        ManyKind.Remove => "removed",
        ManyKind.Tag => "tagged",
        ManyKind.Rename => "renamed",
        ManyKind.Pin => "pinned",
        _ => "unpinned",
    }}.";

    /// <summary>What will happen to one client.</summary>
    public static string Of(ManyKind kind, ManyStep step) => !step.Changes ? "nothing to change" : kind switch
    {
        ManyKind.Remove => "is removed; its tunnel is cut",
        ManyKind.Tag => step.Tags.Count == 0 ? "has no tags" : $"has the tags {Tags.Write(step.Tags)!.Replace(",", " ", StringComparison.Ordinal)}",
        ManyKind.Rename => $"is called {step.Hostname}",
        ManyKind.Pin => "is never pruned",
        _ => "can be pruned",
    };
}
