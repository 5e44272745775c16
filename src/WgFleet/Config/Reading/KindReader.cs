using WgFleet.Config.Yaml;

namespace WgFleet.Config.Reading;

/// <summary>How the settings of one kind of hook are read.</summary>
/// <param name="Key">The kind's key in an entry of hooks.list.</param>
/// <param name="Keys">The keys below it.</param>
/// <param name="NotWith">The keys of the entry that a hook of this kind cannot have.</param>
/// <param name="Read">Reads the mapping below the key. If it adds errors, the settings are incomplete.</param>
internal sealed record KindReader(
    string Key, IReadOnlyList<string> Keys, IReadOnlyList<string> NotWith, Func<Section, FileClaims, Diagnostics, HookKindConfig> Read)
{
    /// <summary>The table of all kinds, in the order in which errors name them.</summary>
    public static readonly IReadOnlyList<KindReader> All = [ExecReader.Kind, StreamKindReader.Kind, WebhookReader.Kind, TemplateReader.Kind];

    /// <summary>More keys of the entry that a hook with these settings cannot have.</summary>
    public Func<HookKindConfig, IReadOnlyList<string>> NotWithThese { get; init; } = _ => [];

    /// <summary>The keys of the mappings below <see cref="Keys"/>.</summary>
    public IReadOnlyList<string> NestedKeys { get; init; } = [];

    /// <summary>A kind of delivery. No response waits for a delivery, and its timeout stands among its own settings.</summary>
    public static KindReader Delivery(string key, IReadOnlyList<string> keys, Func<Section, DeliveryConfig> read) =>
        new(key, keys, ["await", "min_interval", "replace", "timeout", "settings"], (section, _, _) => read(section));
}
