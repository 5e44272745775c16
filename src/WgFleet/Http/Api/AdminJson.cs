using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using WgFleet.Hooks;
using WgFleet.Hooks.Admin;
using WgFleet.Http.Api.Many;
using WgFleet.Http.Api.Rosters;

namespace WgFleet.Http.Api;

/// <summary>The JSON of the operators' API, and of <c>--json</c>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(IReadOnlyList<HookInfo>))]
[JsonSerializable(typeof(IReadOnlyList<DeliveryInfo>))]
[JsonSerializable(typeof(HookInfo[]))]
[JsonSerializable(typeof(DeliveryInfo[]))]
[JsonSerializable(typeof(HookDetails))]
[JsonSerializable(typeof(CountResponse))]
[JsonSerializable(typeof(WaitResponse))]
[JsonSerializable(typeof(DiffResponse))]
[JsonSerializable(typeof(HookTestInfo))]
[JsonSerializable(typeof(EventsInfo))]
[JsonSerializable(typeof(CheckResponse))]
[JsonSerializable(typeof(NewHookResponse))]
[JsonSerializable(typeof(ReadyResponse))]
[JsonSerializable(typeof(RefusalResponse))]
[JsonSerializable(typeof(PruneResponse))]
[JsonSerializable(typeof(FreezeResponse))]
[JsonSerializable(typeof(FleetsResponse))]
[JsonSerializable(typeof(RollCallInfo))]
[JsonSerializable(typeof(RosterResponse))]
[JsonSerializable(typeof(ApprovalsResponse))]
[JsonSerializable(typeof(ApprovalRequest))]
[JsonSerializable(typeof(TroublesResponse))]
[JsonSerializable(typeof(ClientsResponse))]
[JsonSerializable(typeof(ClientInfo))]
[JsonSerializable(typeof(RenameRequest))]
[JsonSerializable(typeof(ManyRequest))]
[JsonSerializable(typeof(ManyResponse))]
[JsonSerializable(typeof(IReadOnlyList<ManyResponse>))]
[JsonSerializable(typeof(RemovedClientsResponse))]
[JsonSerializable(typeof(RestoreResponse))]
[JsonSerializable(typeof(ClientHistoryResponse))]
[JsonSerializable(typeof(Target[]))]
[JsonSerializable(typeof(TokensResponse))]
[JsonSerializable(typeof(TokenInfo))]
[JsonSerializable(typeof(NewToken))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(ReloadResponse))]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(RegisterRequest))]
[JsonSerializable(typeof(RegisterResponse))]
[JsonSerializable(typeof(PingRequest))]
[JsonSerializable(typeof(RegenerateResponse))]
[JsonSerializable(typeof(UnreadableResponse))]
// Of parameters, which the document of the API describes.
[JsonSerializable(typeof(bool?))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(int?))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(long?))]
[JsonSerializable(typeof(string))]
internal sealed partial class AdminJson : JsonSerializerContext;
