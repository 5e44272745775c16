using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Hooks.Projections;
using WgFleet.Tests.Hooks.Projections.Templates;

namespace WgFleet.Tests.Hooks.Projections;

/// <content>The projections that the tests run.</content>
public partial class ProjectionTests
{
    [Hook("mirror")]
    internal sealed class Mirror(Calls calls) : IProjection
    {
        private int _runs;

        public ValueTask ProjectAsync(FleetState state, ProjectionContext context, CancellationToken cancellationToken)
        {
            context.Logger.LogInformation("mirrored");
            context.Files.Replace(context.Settings["path"], System.Text.Encoding.ASCII.GetBytes($"{context.HookName} {state.Clients.FirstOrDefault()?.Fqdn}"));
            calls.Note($"mirror {++_runs}");
            return default;
        }
    }

    [Hook("good", Await = true)]
    internal sealed class Good(Calls calls) : IProjection
    {
        private int _runs;

        public ValueTask ProjectAsync(FleetState state, ProjectionContext context, CancellationToken cancellationToken)
        {
            calls.Note($"good {++_runs}");
            return default;
        }
    }

    [Hook("named", Await = true, NamedOnly = true)]
    internal sealed class Named(Calls calls) : IProjection
    {
        private int _runs;

        public ValueTask ProjectAsync(FleetState state, ProjectionContext context, CancellationToken cancellationToken)
        {
            if (calls.Error is IOException)
            {
                calls.Announce("named failed");
                throw calls.Error;
            }

            calls.Note($"named {++_runs}: {string.Join(' ', state.Clients.Select(c => c.Hostname).OfType<string>())}");
            return default;
        }
    }

    [Hook("also-good")]
    internal sealed class AlsoGood(Calls calls) : IProjection
    {
        private int _runs;

        public ValueTask ProjectAsync(FleetState state, ProjectionContext context, CancellationToken cancellationToken)
        {
            calls.Note($"also-good {++_runs}");
            return default;
        }
    }

    [Hook("faulty", Await = true)]
    internal sealed class Faulty : IProjection
    {
        public ValueTask ProjectAsync(FleetState state, ProjectionContext context, CancellationToken cancellationToken) => default;
    }

    [Hook("failing", Await = true)]
    internal sealed class Failing(Calls calls) : IProjection
    {
        public async ValueTask ProjectAsync(FleetState state, ProjectionContext context, CancellationToken cancellationToken)
        {
            await Task.Yield();
            if (calls.Error is not null)
                throw calls.Error;
        }
    }

    /// <summary>Blocks its thread while the gate is shut.</summary>
    [Hook("hanging", Await = true)]
    internal sealed class Hanging(Calls calls) : IProjection
    {
        private int _runs;

        public ValueTask ProjectAsync(FleetState state, ProjectionContext context, CancellationToken cancellationToken)
        {
            if (!calls.Gate.IsSet)
                calls.Announce("hanging called");

            calls.Gate.Wait(CancellationToken.None);
            calls.Note($"hanging {++_runs}");
            return default;
        }
    }
}
