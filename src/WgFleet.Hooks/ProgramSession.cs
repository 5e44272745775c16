using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace WgFleet.Hooks;

/// <summary>Answers the lines of one server, see docs/stream.md.</summary>
internal sealed class ProgramSession(object hook)
{
    private const int Protocol = 1;

    private readonly KnownState _state = new();
    private string _name = "";
    private IReadOnlyDictionary<string, string> _settings = new Dictionary<string, string>();
    private ErrorLogger _logger = new("");

    /// <summary>The answer to a line, with its line break.</summary>
    public async Task<ReadOnlyMemory<byte>> AnswerAsync(JsonElement line)
    {
        string? error;
        try
        {
            error = await HandleAsync(line);
        }
        catch (Exception e)
        {
            _logger.Failed(e);
            error = e.Message;
        }

        return Answer(line.GetProperty("id").GetString()!, error);
    }

    private async ValueTask<string?> HandleAsync(JsonElement line)
    {
        switch (line.GetProperty("type").GetString())
        {
            case "hello":
                return Greet(line);
            case "state" or "changes" when hook is IProjection projection:
                await projection.ProjectAsync(_state.Take(line), new ProjectionContext { HookName = _name, Settings = _settings, Logger = _logger, Files = new PlainFiles() }, CancellationToken.None);
                return null;
            case { } type when EventTypes.Find(type) is { } known:
                var e = Read(known, line);
                await EventCall.MakeAsync(hook, e, new HookContext
                {
                    HookName = _name,
                    EventType = type,
                    Client = e.Client,
                    State = new FleetState(e.Sequence, "", new NoState<Fleet>(), new NoState<Client>()),
                    Settings = _settings,
                    Logger = _logger,
                });
                return null;
            default:
                // An event of a later version.
                return null;
        }
    }

    private string? Greet(JsonElement hello)
    {
        if (hello.GetProperty("protocol").GetInt32() != Protocol)
            return $"this program was built for version {Protocol} of the protocol";

        _name = hello.GetProperty("hook").GetString()!;
        _settings = hello.GetProperty("settings").EnumerateObject().ToDictionary(s => s.Name, s => s.Value.GetString()!);
        _logger = new ErrorLogger(_name);
        return (hello.GetProperty("sends").GetString(), hook) switch
        {
            ("events", IProjection) => "this hook is a projection; set 'state: changes' next to its command",
            ("state", not IProjection) => "this hook handles events; remove 'state' next to its command",
            _ => null,
        };
    }

    private static FleetEvent Read(EventType type, JsonElement line)
    {
        var stamp = new EventStamp(
            line.GetProperty("id").GetString()!, long.Parse(line.GetProperty("sequence").GetString()!, CultureInfo.InvariantCulture), line.GetProperty("time").GetDateTimeOffset());
        var e = type.Read(EventData.Parse(line.GetProperty("data").GetRawText()), stamp);
        return line.TryGetProperty("replayed", out var replayed) && replayed.GetBoolean() ? e with { Replayed = true } : e;
    }

    private static ReadOnlyMemory<byte> Answer(string id, string? error)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, id);
            json.WriteBoolean("ok"u8, error is null);
            if (error is not null)
                json.WriteString("error"u8, error);

            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }
}
