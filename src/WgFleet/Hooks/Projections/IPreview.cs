namespace WgFleet.Hooks.Projections;

/// <summary>A projection that does more than write its files, and can also only write them.</summary>
internal interface IPreview : IProjection
{
    /// <summary>Only writes its files, with the replacer of the context.</summary>
    ValueTask PreviewAsync(FleetState state, ProjectionContext context, CancellationToken cancellationToken);
}
