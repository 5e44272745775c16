namespace WgFleet.Hooks.Discovery;

/// <summary>One thing that holds for a hook, as operators read it, and who says so. Never a secret.</summary>
/// <param name="Name">The key, as the configuration has it.</param>
/// <param name="Value">What holds.</param>
/// <param name="From">"config"; "hook" for what the code says; "drop-in" for the file; "default" for what its kind has.</param>
/// <param name="Line">The line of the configuration.</param>
internal sealed record EffectiveSetting(string Name, string Value, string From, int? Line);
