namespace WgFleet.Hooks;

/// <summary>An effective setting of a hook and its source. Never holds a secret.</summary>
/// <param name="Name">The key, as in the configuration.</param>
/// <param name="Value">The value, as text.</param>
/// <param name="From">"config"; "hook" for the class's attribute; "drop-in" for the file; "default" for the default of its kind.</param>
/// <param name="Line">The line of the configuration file; null unless it is set there.</param>
internal sealed record EffectiveSetting(string Name, string Value, string From, int? Line);
