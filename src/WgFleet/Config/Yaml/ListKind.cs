namespace WgFleet.Config.Yaml;

/// <summary>Parses a list whose items are of one kind.</summary>
/// <param name="Item">The parser of the items.</param>
/// <param name="Use">What is allowed, as in "use a list of events".</param>
internal sealed record ListKind<T>(ValueParser<T> Item, string Use)
{
    public bool MayBeEmpty { get; init; }

    public bool MayRepeat { get; init; }

    /// <summary>Why an item that could be read is refused, and what to use; null if it is not. It is asked for each item.</summary>
    public Func<T, string?>? Refusal { get; init; }

    /// <summary>The valid items; adds an error for each other one.</summary>
    public IReadOnlyList<T> Read(YamlNode node, string path, Diagnostics findings)
    {
        if (node is not YamlList list)
        {
            var what = node.IsNull ? "has no value" : Item.Secret ? "is not a list" : $"is {node.Shown}";
            findings.Problem(node.Line, path, $"{what}, {Use}");
            return [];
        }

        if (list.Items.Count == 0 && !MayBeEmpty)
            findings.Problem(node.Line, path, $"is an empty list, {Use}");

        var values = new List<T>();
        foreach (var (index, item) in list.Items.Index())
        {
            if (Item.Read(item, $"{path}[{index}]", findings) is not { } found)
                continue;

            if (!MayRepeat && values.Contains(found.Value))
                findings.Problem(found.Line, $"{path}[{index}]", $"{found.Value} is listed already, list it once");
            else if (Refusal?.Invoke(found.Value) is { } why)
                findings.Problem(found.Line, $"{path}[{index}]", why);
            values.Add(found.Value);
        }

        return values;
    }
}
