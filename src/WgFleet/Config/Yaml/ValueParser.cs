namespace WgFleet.Config.Yaml;

/// <summary>Parses a scalar; returns null, or the error, such as "is not a port".</summary>
internal delegate string? ScalarReader<T>(YamlScalar scalar, out T value);

/// <summary>A value and its line.</summary>
internal readonly record struct Located<T>(T Value, int Line);

/// <summary>A kind of value: how to parse it, and the error for an invalid value.</summary>
/// <param name="Use">What is allowed, as in "use 1 to 65535".</param>
/// <param name="Reader">Reads it.</param>
internal sealed record ValueParser<T>(string Use, ScalarReader<T> Reader)
{
    /// <summary>The value may be a secret, so errors do not repeat it.</summary>
    public bool Secret { get; init; }

    /// <summary>The value, or null after adding an error.</summary>
    public Located<T>? Read(YamlNode node, string path, Diagnostics findings)
    {
        if (Wrong(node, out var value) is not { } wrong)
            return new Located<T>(value, node.Line);

        findings.Problem(node.Line, path, $"{wrong}, {Use}");
        return null;
    }

    private string? Wrong(YamlNode node, out T value)
    {
        value = default!;
        if (node.IsNull)
            return "has no value";

        if (node is not YamlScalar scalar)
            return $"is {node.Shown}";

        return Reader(scalar, out value) is not { } wrong ? null : Secret ? wrong : $"{scalar.Shown} {wrong}";
    }
}
