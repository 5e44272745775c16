using WgFleet.Hooks;
using WgFleet.Store.Engine;

namespace WgFleet.Fleets;

/// <summary>Records an act of an operator in the event log.</summary>
/// <param name="act">The act.</param>
/// <param name="write">What the act writes to tables that are not the registry's, in the same transaction; null if nothing.</param>
/// <exception cref="StoreException">Nothing was written.</exception>
internal delegate Task RecordAct(OperatorActed act, Action<Connection>? write = null);
