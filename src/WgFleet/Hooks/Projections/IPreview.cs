namespace WgFleet.Hooks.Projections;

/// <summary>A projection that does more than to write its files, and can be asked for the files alone.</summary>
internal interface IPreview : IProjection
{
    /// <summary>Writes what it would write to the files of the context, and does nothing else.</summary>
    ValueTask PreviewAsync(FleetState state, ProjectionContext context, CancellationToken cancellationToken);
}
