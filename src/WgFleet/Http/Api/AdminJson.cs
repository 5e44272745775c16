using System.Text.Json.Serialization;
using WgFleet.Config.Yaml;
using WgFleet.Hooks;
using WgFleet.Hooks.Admin;

namespace WgFleet.Http.Api;

/// <summary>What programs of operators send and get, and what <c>--json</c> prints.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<HookInfo>))]
[JsonSerializable(typeof(IReadOnlyList<DeliveryInfo>))]
[JsonSerializable(typeof(HookDetails))]
[JsonSerializable(typeof(CountResponse))]
[JsonSerializable(typeof(WaitResponse))]
[JsonSerializable(typeof(DiffResponse))]
[JsonSerializable(typeof(HookTestInfo))]
[JsonSerializable(typeof(EventsInfo))]
[JsonSerializable(typeof(CheckResponse))]
[JsonSerializable(typeof(NewHookResponse))]
[JsonSerializable(typeof(RefusalResponse))]
[JsonSerializable(typeof(PruneResponse))]
[JsonSerializable(typeof(FreezeResponse))]
[JsonSerializable(typeof(FleetsResponse))]
[JsonSerializable(typeof(ClientsResponse))]
[JsonSerializable(typeof(ClientInfo))]
[JsonSerializable(typeof(RenameRequest))]
[JsonSerializable(typeof(RemovedClientsResponse))]
[JsonSerializable(typeof(RestoreResponse))]
[JsonSerializable(typeof(ClientHistoryResponse))]
[JsonSerializable(typeof(IReadOnlyList<Target>))]
[JsonSerializable(typeof(TokensResponse))]
[JsonSerializable(typeof(TokenInfo))]
[JsonSerializable(typeof(NewToken))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(ReloadResponse))]
internal sealed partial class AdminJson : JsonSerializerContext;

/// <summary>One hook, what holds for it, and its latest deliveries.</summary>
internal sealed record HookDetails(HookInfo Hook, IReadOnlyList<EffectiveSetting> Values, IReadOnlyList<DeliveryInfo> Deliveries);

/// <summary>How many something was done to.</summary>
internal sealed record CountResponse(int Count);

/// <summary>Whether hooks are as far as was asked, and which are not.</summary>
internal sealed record WaitResponse(bool Reached, IReadOnlyList<string> Behind);

/// <summary>What would change, as unified diffs.</summary>
internal sealed record DiffResponse(bool Changed, string Diff);

/// <summary>What is wrong with a configuration and its hooks.</summary>
internal sealed record CheckResponse(bool Ok, IReadOnlyList<Problem> Errors, IReadOnlyList<Problem> Warnings);

/// <summary>The files of a new hook, and the commands that take it into use.</summary>
internal sealed record NewHookResponse(string Name, IReadOnlyList<string> Files, IReadOnlyList<string> Next);

/// <summary>Why something was not done; of a problem (RFC 9457) what people read.</summary>
internal sealed record RefusalResponse(string? Detail);
