using Microsoft.CodeAnalysis;

namespace WgFleet.Hooks.Generator;

/// <summary>What is reported of a hook when the server is built.</summary>
internal static class Rules
{
    /// <summary>The log, the configuration and the database know a hook by its name.</summary>
    public static readonly DiagnosticDescriptor SharedName = Error("WGF001", "Two hooks of one name", "Hook name '{0}' is used by {1}; rename one");

    /// <summary>See <c>HookName</c> of the server.</summary>
    public static readonly DiagnosticDescriptor BadName = Error("WGF002", "A bad name of a hook", "'{0}' is not a hook name; use a-z, 0-9, _ and -");

    /// <summary>A class or method that the server would never call.</summary>
    public static readonly DiagnosticDescriptor NeverCalled = Error("WGF003", "A hook that is never called", "{0} is never called: {1}");

    /// <summary>All handlers share one loop, and nobody else can use a thread that waits.</summary>
    public static readonly DiagnosticDescriptor BlockingWait = new(
        "WGF004", "A hook blocks its thread", "{0} blocks the thread; await instead", "Hooks", DiagnosticSeverity.Warning, isEnabledByDefault: true);

    /// <summary>A value of the attribute that the hook cannot have.</summary>
    public static readonly DiagnosticDescriptor BadSetting = Error("WGF005", "A setting that does not fit the hook", "{0}: {1}");

    private static DiagnosticDescriptor Error(string id, string title, string text) => new(id, title, text, "Hooks", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
