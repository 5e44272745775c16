namespace WgFleet.Hooks;

/// <summary>The operator who did something.</summary>
/// <param name="Name">The name of the token, or "root" on the gateway itself.</param>
/// <param name="Via">How the operator came: "session" in a browser, "token" with a program, "socket" on the gateway itself.</param>
/// <param name="Address">The address from which the operator came; null on the gateway itself.</param>
public sealed record FleetOperator(string Name, string Via, string? Address);
