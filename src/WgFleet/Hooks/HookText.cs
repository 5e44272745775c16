namespace WgFleet.Hooks;

/// <summary>Kinds, origins and statuses as operators read them: in JSON, metrics, logs, tables and pages.</summary>
internal static class HookText
{
    public static string Text(this HookKind kind) => kind switch
    {
        HookKind.Handler => "handler",
        HookKind.Projection => "projection",
        HookKind.Delivery => "delivery",
        _ => "-",
    };

    public static string Text(this HookOrigin origin) => origin switch
    {
        HookOrigin.BuiltIn => "built-in",
        HookOrigin.DropIn => "drop-in",
        HookOrigin.Removed => "removed",
        _ => "config",
    };

    public static string Text(this HookStatus status) => status switch
    {
        HookStatus.Ok => "ok",
        HookStatus.Failing => "failing",
        HookStatus.Stuck => "stuck",
        HookStatus.Paused => "paused",
        _ => "inactive",
    };
}
