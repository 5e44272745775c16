using System.Buffers;
using System.Text.Json;
using WgFleet.Dashboard.Formatting;

namespace WgFleet.Dashboard.Live;

/// <summary>One message to a viewer, as JSON: texts by their place on the page (site.js finds it by data-live), and rows of a table.</summary>
internal sealed class LiveUpdate : IDisposable
{
    private readonly ArrayBufferWriter<byte> _text = new(1024);
    private readonly Dictionary<string, string> _sent = [];

    public LiveUpdate() => Json = new(_text);

    /// <summary>Whether anything has changed.</summary>
    public bool HasChanges { get; private set; }

    /// <summary>The message in UTF-8; valid until the next <see cref="Begin"/>.</summary>
    public ReadOnlySpan<byte> Text => _text.WrittenSpan;

    /// <summary>Writes values that are not texts, each after <see cref="WriteName"/>.</summary>
    public Utf8JsonWriter Json { get; }

    public void Begin(DateTimeOffset now)
    {
        HasChanges = false;
        _text.ResetWrittenCount();
        Json.Reset();
        Json.WriteStartObject();
        Json.WriteString("at", DisplayTime.Text(now));
    }

    /// <summary>The text at a place on the page. It is sent only if it differs from what was sent before.</summary>
    public void Set(string place, string text)
    {
        if (_sent.TryGetValue(place, out var before) && before == text)
            return;

        _sent[place] = text;
        WriteName(place);
        Json.WriteStringValue(text);
    }

    /// <summary>Begins a value that is sent in any case; the caller writes it to <see cref="Json"/>.</summary>
    public void WriteName(string name)
    {
        HasChanges = true;
        Json.WritePropertyName(name);
    }

    public void End()
    {
        Json.WriteEndObject();
        Json.Flush();
    }

    public void Dispose() => Json.Dispose();
}
