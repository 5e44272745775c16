using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using WgFleet.Access;
using WgFleet.Config.Reading;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Http.Api.Many;
using WgFleet.Queries;
using WgFleet.Queries.Many;
using WgFleet.Queries.RollCalls;
using WgFleet.Queries.Troubles;
using WgFleet.Store;

namespace WgFleet.Http.Api.Document;

/// <summary>The members and parameters that are one of a few words, which the document lists as enums. The words are those of the code.</summary>
internal static class Words
{
    private static readonly string[] Scopes = [TokenRow.Read, TokenRow.Write];
    private static readonly string[] TokenKinds = [TokenRow.Admin, TokenRow.Enrollment];
    private static readonly IReadOnlyList<string> DeliveryStates = [.. Enum.GetValues<DeliveryState>().Select(DeliveryStateText.Text)];

    private static readonly Dictionary<string, IReadOnlyList<string>> Members = new()
    {
        ["FleetInfo.prune"] = ["on", "held", "frozen"],
        ["FleetInfo.state"] = FleetStatus.Words,
        ["TroubleInfo.kind"] = [.. TroubleWords.Kinds.Select(TroubleWords.Text)],
        ["TroubleInfo.severity"] = [.. Enum.GetValues<Severity>().Select(TroubleWords.Text)],
        ["RemovedClientInfo.cause"] = ["stale", "removed", "left"],
        ["TokenInfo.kind"] = TokenKinds,
        ["TokenInfo.scope"] = Scopes,
        ["TokenInfo.state"] = [.. Enum.GetValues<TokenState>().Select(TokenStates.NameOf)],
        ["TokenRequest.kind"] = TokenKinds,
        ["TokenRequest.scope"] = Scopes,
        ["HookInfo.kind"] = [HookKind.Handler.Text(), HookKind.Projection.Text(), .. KindReader.All.Select(k => k.Key), HookKind.Unknown.Text()],
        ["HookInfo.origin"] = [.. Enum.GetValues<HookOrigin>().Select(HookText.Text)],
        ["HookInfo.status"] = [.. Enum.GetValues<HookStatus>().Select(HookText.Text)],
        ["EffectiveSetting.from"] = ["config", "hook", "drop-in", "default"],
        ["DeliveryInfo.state"] = DeliveryStates,
        ["ReloadResponse.state"] = [ReloadResponse.Running, ReloadResponse.Waiting, ReloadResponse.Done, ReloadResponse.Refused],
        ["SeatInfo.state"] = [.. Enum.GetValues<SeatState>().Select(SeatStates.Text)],
        ["ApprovalInfo.state"] = ApprovalInfo.States,
        ["ApprovalRequest.act"] = ApprovalRequest.Acts,
        ["ManyRequest.act"] = ManyAct.Words,
        ["ClientConditions.state"] = ClientStates.Names,
        ["ManyResponse.act"] = ManyAct.Words,
        ["ManyClientInfo.outcome"] = ManyClientInfo.Outcomes,
        ["RegisterResponse.status"] = ["success"],
        ["ReadyResponse.status"] = ["ok"],
    };

    private static readonly Dictionary<string, IReadOnlyList<string>> Parameters = new()
    {
        ["sort"] = ClientSorts.Names,
        ["state"] = ClientStates.Names,
        ["type"] = EventTypes.All,
    };

    /// <summary>Lists the words of a member or a parameter, if it has some.</summary>
    public static Task Describe(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var words = context.JsonPropertyInfo is { } member ? Members.GetValueOrDefault($"{Owner(member)}.{member.Name}")
            : context.ParameterDescription is { } parameter ? Parameters.GetValueOrDefault(parameter.Name)
            : null;
        if (words is not null)
            schema.Enum = [.. words.Select(w => (JsonNode)JsonValue.Create(w))];

        return Task.CompletedTask;
    }

    private static string Owner(JsonPropertyInfo member) => member.DeclaringType.Name;
}
