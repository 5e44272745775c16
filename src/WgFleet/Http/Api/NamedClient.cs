using Microsoft.AspNetCore.Mvc;
using WgFleet.Fleets;
using WgFleet.Fleets.State;
using WgFleet.Queries;

namespace WgFleet.Http.Api;

/// <summary>The client that a request's path names: by address, public key, name, name.fleet or full name.</summary>
/// <param name="Client">What the path says.</param>
/// <param name="Fleet">The fleet to look in; null for all.</param>
/// <param name="Registry">Where clients are found.</param>
internal readonly record struct NamedClient(
    [property: FromRoute(Name = "client")] string Client, [property: FromQuery(Name = "fleet")] string? Fleet, [property: FromServices] ClientRegistry Registry)
{
    /// <exception cref="Hosting.RefusedException">There is no such client or fleet, or several clients have the name.</exception>
    public RegisteredClient Find() => ClientFinder.Find(Registry.Current, Client, Fleet);
}

/// <summary>The fleet that a request's path names.</summary>
/// <param name="Fleet">What the path says.</param>
/// <param name="Registry">Where fleets are found.</param>
internal readonly record struct NamedFleet([property: FromRoute(Name = "fleet")] string Fleet, [property: FromServices] ClientRegistry Registry)
{
    /// <exception cref="Hosting.RefusedException">There is no such fleet.</exception>
    public FleetSnapshot Find() => ClientFinder.FindFleet(Registry.Current, Fleet);
}
