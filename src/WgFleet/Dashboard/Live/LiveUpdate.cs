using System.Buffers;
using System.Text.Json;

namespace WgFleet.Dashboard.Live;

/// <summary>One message to a viewer: texts by their place on the page, and rows of the table.</summary>
internal sealed class LiveUpdate : IDisposable
{
    private readonly ArrayBufferWriter<byte> _text = new(1024);
    private readonly Utf8JsonWriter _json;
    private readonly Dictionary<string, string> _told = [];

    public LiveUpdate() => _json = new(_text);

    /// <summary>Whether there is anything to be told.</summary>
    public bool IsAny { get; private set; }

    /// <summary>The message, as server-sent events say it.</summary>
    public ReadOnlyMemory<byte> Text => _text.WrittenMemory;

    /// <summary>For what a text is not enough; whoever writes calls <see cref="Say"/> first.</summary>
    public Utf8JsonWriter Json => _json;

    public void Begin(DateTimeOffset now)
    {
        IsAny = false;
        _text.ResetWrittenCount();
        _text.Write("data: "u8);
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString("at", DisplayTime.Text(now));
    }

    /// <summary>What a place on the page says now; told if it is another text than before.</summary>
    public void Put(string place, string text)
    {
        if (_told.TryGetValue(place, out var before) && before == text)
            return;

        _told[place] = text;
        Say(place);
        _json.WriteStringValue(text);
    }

    /// <summary>Begins something that is always told.</summary>
    public void Say(string name)
    {
        IsAny = true;
        _json.WritePropertyName(name);
    }

    public void End()
    {
        _json.WriteEndObject();
        _json.Flush();
        _text.Write("\n\n"u8);
    }

    public void Dispose() => _json.Dispose();
}
