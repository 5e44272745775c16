using Microsoft.Extensions.Logging;
using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Hooks.Discovery;
using WgFleet.Tests.Hooks.Discovery;

namespace WgFleet.Tests.Hooks.Handlers;

/// <content>The handlers that the tests run.</content>
public partial class HandlerTests
{
    internal abstract class Noting(Calls calls, string name)
    {
        protected Calls Calls => calls;

        protected ValueTask Note(FleetEvent fleetEvent, HookContext context)
        {
            (calls.LastEvent, calls.LastContext) = (fleetEvent, context);
            calls.Note($"{name} {fleetEvent.Type}");
            return default;
        }
    }

    [Hook("first", Order = 1)]
    internal sealed class First(Calls calls) : Noting(calls, "first"), IHook<ClientAdded>
    {
        public ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken) => Note(fleetEvent, context);
    }

    [Hook("second", Order = 2)]
    internal sealed class Second(Calls calls) : Noting(calls, "second"), IHook<ClientAdded>
    {
        public ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken) => Note(fleetEvent, context);
    }

    [Hook("third", Order = 3)]
    internal sealed class Third(Calls calls) : Noting(calls, "third"), IHook<ClientAdded>
    {
        public ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken) => Note(fleetEvent, context);
    }

    [Hook("everything")]
    internal sealed class Everything(Calls calls) : Noting(calls, "everything"), IHook<FleetEvent>
    {
        public ValueTask HandleAsync(FleetEvent fleetEvent, HookContext context, CancellationToken cancellationToken) => Note(fleetEvent, context);
    }

    [Hook("names")]
    internal sealed class Names(Calls calls) : Noting(calls, "names"), IHook<ClientHostnameChanged>, IHook<ClientRemoved>
    {
        public ValueTask HandleAsync(ClientHostnameChanged fleetEvent, HookContext context, CancellationToken cancellationToken) => Note(fleetEvent, context);

        public ValueTask HandleAsync(ClientRemoved fleetEvent, HookContext context, CancellationToken cancellationToken) => Note(fleetEvent, context);
    }

    [Hook("starts")]
    internal sealed class Starts(Calls calls) : Noting(calls, "starts"), IHook<StartupEvent>
    {
        public ValueTask HandleAsync(StartupEvent fleetEvent, HookContext context, CancellationToken cancellationToken) => Note(fleetEvent, context);
    }

    [Hook("one_and_all")]
    internal sealed class OneAndAll(Calls calls) : IHook<ClientAdded>, IHook<FleetEvent>
    {
        public ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken)
        {
            calls.Note("one " + fleetEvent.Type);
            return default;
        }

        public ValueTask HandleAsync(FleetEvent fleetEvent, HookContext context, CancellationToken cancellationToken)
        {
            calls.Note("all " + fleetEvent.Type);
            return default;
        }
    }

    [Hook("middle", Order = 2)]
    internal sealed class Throws(Calls calls) : IHook<ClientAdded>
    {
        public async ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken)
        {
            await Task.Yield();
            if (calls.Error is not null)
                throw calls.Error;
        }
    }

    [Hook("middle-sync", Order = 2)]
    internal sealed class ThrowsAtOnce(Calls calls) : IHook<ClientAdded>
    {
        public ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken) => throw calls.Error!;
    }

    [Hook("middle", Order = 2)]
    internal sealed class ThrowsCancelled : IHook<ClientAdded>
    {
        public ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken) => throw new OperationCanceledException();
    }

    [Hook("middle", Order = 2)]
    internal sealed class ThrowsWhenCancelled(Calls calls) : IHook<ClientAdded>
    {
        public async ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken)
        {
            calls.Announce("middle called");
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }

    [Hook("middle", Order = 2)]
    internal sealed class NeverReturns(Calls calls) : IHook<ClientAdded>
    {
        public async ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken)
        {
            calls.Announce("middle called");
            await new TaskCompletionSource().Task;
        }
    }

    [Hook("middle", Order = 2)]
    internal sealed class Blocks(Calls calls) : IHook<ClientAdded>
    {
        public ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken)
        {
            calls.LastThread = Thread.CurrentThread;
            calls.Announce("middle called");
            calls.Gate.Wait(CancellationToken.None);
            return default;
        }
    }

    /// <summary>Blocks whoever cancels its token.</summary>
    [Hook("middle", Order = 2)]
    internal sealed class BlocksItsToken(Calls calls) : IHook<ClientAdded>
    {
        public async ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken)
        {
            using var blocked = cancellationToken.Register(() => calls.Gate.Wait());
            calls.Announce("middle called");
            await new TaskCompletionSource().Task;
        }
    }
}
