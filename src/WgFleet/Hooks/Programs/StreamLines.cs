using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using WgFleet.Hosting;

namespace WgFleet.Hooks.Programs;

/// <summary>The lines that the server writes to a running program, except events, which are written as they are stored. See docs/stream.md.</summary>
internal static class StreamLines
{
    /// <summary>The version of the protocol.</summary>
    public const int Protocol = 1;

    /// <summary>The id of the first line.</summary>
    public const string Hello = "hello";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The first line. The id comes before the settings, for programs that look for the first id in a line.</summary>
    /// <param name="hook">The hook's name.</param>
    /// <param name="sends">What the following lines are: events or state.</param>
    /// <param name="concurrency">How many lines may be unanswered at once.</param>
    /// <param name="settings">The hook's settings.</param>
    public static ReadOnlyMemory<byte> WriteHello(string hook, string sends, int concurrency, IReadOnlyDictionary<string, string> settings) => Write(json =>
    {
        json.WriteString("type"u8, Hello);
        json.WriteString("id"u8, Hello);
        json.WriteNumber("protocol"u8, Protocol);
        json.WriteString("server"u8, ProductInfo.Version);
        json.WriteString("hook"u8, hook);
        json.WriteString("sends"u8, sends);
        json.WriteNumber("concurrency"u8, concurrency);
        json.WriteStartObject("settings"u8);
        foreach (var (name, value) in settings)
            json.WriteString(name, value);

        json.WriteEndObject();
    });

    /// <summary>Makes it one line: a row of the event log may have line breaks between its values if another program wrote it.</summary>
    public static ReadOnlyMemory<byte> OneLine(ReadOnlyMemory<byte> json)
    {
        if (json.Span.IndexOfAny((byte)'\n', (byte)'\r') < 0)
            return json;

        var line = json.ToArray();
        line.AsSpan().ReplaceAny(Breaks, (byte)' ');
        return line;
    }

    /// <summary>One JSON object.</summary>
    public static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static readonly SearchValues<byte> Breaks = SearchValues.Create("\r\n"u8);
}
