using WgFleet.Config;

namespace WgFleet.Hooks.Projections;

/// <summary>A projection that sees only the fleets that its entry names.</summary>
internal sealed class FollowedFleets(IProjection projection, HookConfig config) : IProjection
{
    /// <inheritdoc/>
    public ValueTask ProjectAsync(FleetState state, ProjectionContext context, CancellationToken cancellationToken)
    {
        var followed = state with
        {
            Fleets = [.. state.Fleets.Where(f => config.Follows(f.Name))],
            Clients = state.Clients.Where(c => config.Follows(c.Fleet)),
        };
        return projection.ProjectAsync(followed, context, cancellationToken);
    }
}
