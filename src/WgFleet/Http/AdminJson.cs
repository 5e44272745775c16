using System.Text.Json.Serialization;
using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Http.Api;

namespace WgFleet.Http;

/// <summary>What programs of operators send and get, and what <c>--json</c> prints.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<HookFacts>))]
[JsonSerializable(typeof(IReadOnlyList<DeliveryFacts>))]
[JsonSerializable(typeof(HookDetails))]
[JsonSerializable(typeof(CountAnswer))]
[JsonSerializable(typeof(WaitAnswer))]
[JsonSerializable(typeof(DiffAnswer))]
[JsonSerializable(typeof(TestFacts))]
[JsonSerializable(typeof(EventsFacts))]
[JsonSerializable(typeof(CheckAnswer))]
[JsonSerializable(typeof(NewAnswer))]
[JsonSerializable(typeof(RefusalAnswer))]
[JsonSerializable(typeof(PruneAnswer))]
[JsonSerializable(typeof(FreezeAnswer))]
[JsonSerializable(typeof(FleetsAnswer))]
[JsonSerializable(typeof(ClientsAnswer))]
[JsonSerializable(typeof(ClientFacts))]
[JsonSerializable(typeof(RenameWish))]
[JsonSerializable(typeof(RemovedAnswer))]
[JsonSerializable(typeof(RestoreAnswer))]
[JsonSerializable(typeof(StoryAnswer))]
[JsonSerializable(typeof(IReadOnlyList<Target>))]
[JsonSerializable(typeof(TokensAnswer))]
[JsonSerializable(typeof(TokenFacts))]
[JsonSerializable(typeof(NewToken))]
[JsonSerializable(typeof(TokenWish))]
internal sealed partial class AdminJson : JsonSerializerContext;

/// <summary>One hook, what holds for it, and its latest deliveries.</summary>
internal sealed record HookDetails(HookFacts Hook, IReadOnlyList<HookValue> Values, IReadOnlyList<DeliveryFacts> Deliveries);

/// <summary>How many something was done to.</summary>
internal sealed record CountAnswer(int Count);

/// <summary>Whether hooks are as far as was asked, and which are not.</summary>
internal sealed record WaitAnswer(bool Reached, IReadOnlyList<string> Behind);

/// <summary>What would change, as unified diffs.</summary>
internal sealed record DiffAnswer(bool Changed, string Diff);

/// <summary>What is wrong with a configuration and its hooks.</summary>
internal sealed record CheckAnswer(bool Ok, IReadOnlyList<Problem> Errors, IReadOnlyList<Problem> Warnings);

/// <summary>The files of a new hook, and the commands that take it into use.</summary>
internal sealed record NewAnswer(string Name, IReadOnlyList<string> Files, IReadOnlyList<string> Next);

/// <summary>Why something was not done; of a problem (RFC 9457) what people read.</summary>
internal sealed record RefusalAnswer(string? Detail);
