namespace WgFleet.Config.Isolation;

/// <summary>Who in a fleet may reach whom through the gateway. Operators' clients reach all others, and the gateway itself is not asked.</summary>
/// <param name="Peers">Whether all clients reach each other.</param>
/// <param name="Allow">What else they may reach.</param>
internal sealed record IsolationConfig(bool Peers, IReadOnlyList<AllowRule> Allow)
{
    /// <summary>The tag of clients that reach all others: those of operators.</summary>
    public static readonly ClientTag Operator = new("role", "operator");

    /// <summary>All tags that decide, each once, the operators' first.</summary>
    public IEnumerable<ClientTag> Tags => Allow.SelectMany(r => new[] { r.From, r.To }).OfType<ClientTag>().Prepend(Operator).Distinct();
}

/// <summary>Clients of one tag may reach those of another.</summary>
/// <param name="From">The tag of those who may; null for all clients.</param>
/// <param name="To">The tag of those whom they reach; null for all clients.</param>
/// <param name="Ports">Where they reach them; empty for everything.</param>
internal sealed record AllowRule(ClientTag? From, ClientTag? To, IReadOnlyList<Ports> Ports);

/// <summary>A tag that a client has or has not.</summary>
internal sealed record ClientTag(string Key, string Value)
{
    public override string ToString() => $"{Key}={Value}";
}

/// <summary>Ports of one protocol.</summary>
/// <param name="Protocol">tcp or udp.</param>
/// <param name="First">The first of them.</param>
/// <param name="Last">The last of them, which may be the first.</param>
internal sealed record Ports(string Protocol, int First, int Last)
{
    /// <summary>22 or 9100-9110.</summary>
    public string Range => First == Last ? $"{First}" : $"{First}-{Last}";

    public override string ToString() => $"{Protocol}/{Range}";
}
