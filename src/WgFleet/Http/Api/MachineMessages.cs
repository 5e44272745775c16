using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace WgFleet.Http.Api;

// The messages of the machines' endpoints, for the document. The endpoints read and write them by hand, since their bytes are those of the Python server.

/// <summary>The body of a registration by a machine that made its own key, or says what it is.</summary>
internal sealed record RegisterRequest
{
    [RegularExpression("^[A-Za-z0-9+/]{43}=$")]
    public string? PublicKey { get; init; }

    /// <summary>What the machine says of itself; names that the server does not know are ignored.</summary>
    public IReadOnlyDictionary<string, string>? Facts { get; init; }
}

/// <summary>The answer to a registration.</summary>
/// <param name="Status">Always "success".</param>
/// <param name="Config">A wg-quick(8) file.</param>
/// <param name="Port">The UDP port of the fleet's gateway.</param>
/// <param name="ServerIp">The gateway's address in the tunnel.</param>
internal sealed record RegisterResponse(string Status, string Config, [property: Range(1, 65535)] int Port, string ServerIp);

/// <summary>The body of a ping; without a hostname the client keeps the one that it has.</summary>
internal sealed record PingRequest
{
    [RegularExpression("^([a-z0-9_-]{1,63})?$")]
    public string? Hostname { get; init; }
}

/// <summary>The answer to the ping of a machine that has the key of another one, or asks for a name that another client has.</summary>
/// <param name="Detail">A sentence.</param>
/// <param name="Regenerate">True if it is to make a key of its own, and to register with it; absent if only the name is refused.</param>
internal sealed record RegenerateResponse(string Detail, bool? Regenerate);

/// <summary>Why a body cannot be read.</summary>
internal sealed record UnreadableResponse(IReadOnlyList<UnreadableBody> Detail);

/// <summary>One thing that is wrong with a body.</summary>
/// <param name="Type">What kind of thing, such as <c>string_type</c>.</param>
/// <param name="Loc">Where in the body: names of members, and the position of a character.</param>
/// <param name="Msg">A sentence.</param>
internal sealed record UnreadableBody(string Type, IReadOnlyList<JsonElement> Loc, string Msg);
