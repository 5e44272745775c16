using System.Collections.ObjectModel;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using WgFleet.Config;
using WgFleet.Hosting;

namespace WgFleet.Store;

/// <summary>
/// What a machine says of itself when it registers, by name. Nobody proves it: facts help to find a machine, they do not admit it.
/// </summary>
internal static partial class Facts
{
    public const string BoardSerial = "board_serial";
    public const string Cards = "cards";
    public const string Identity = "identity";
    public const string Image = "image";

    /// <summary>The public key by which the machine's sshd is known: its type and its data, as in sshd(8)'s files.</summary>
    public const string SshHostKey = "ssh_host_key";

    public const string SwitchPort = "switch_port";

    /// <summary>The longest value, in characters.</summary>
    public const int MaxLength = 512;

    /// <summary>The most bytes that all facts of a client may have, as JSON.</summary>
    public const int MaxBytes = 4096;

    /// <summary>All names, in the order in which they are shown. Others are not kept.</summary>
    public static readonly IReadOnlyList<string> Names = ["image", "os", "kernel", "board_model", BoardSerial, Cards, SwitchPort, "machine_id", Identity, SshHostKey];

    public static readonly IReadOnlyDictionary<string, string> None = ReadOnlyDictionary<string, string>.Empty;

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Takes a value as a machine sends it; returns what is wrong with it, or null and the value as it is kept.</summary>
    public static string? Check(string name, string sent, out string value)
    {
        value = sent.Trim();
        if (value.Length > MaxLength)
            return $"should have at most {MaxLength} characters";

        // A line break would be a line of the machine's own in a file that a template makes.
        if (value.Any(c => PlainText.IsHidden(c) || char.IsSurrogate(c)))
            return "should be one line of text";

        if (name == SshHostKey && value.Length > 0 && !HostKey().IsMatch(value))
            return "should be a type and a public key, as in /etc/ssh/ssh_host_ed25519_key.pub without the comment";

        if (name != Cards)
            return null;

        List<string> cards = [];
        foreach (var card in value.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!CardAddress.TryParse(card, out var address))
                return "should be addresses of network cards, such as 52:54:00:12:34:56, with blanks between them";

            cards.Add(address);
        }

        value = string.Join(' ', cards);
        return null;
    }

    // Only types that a host key may have: a certificate or a marker such as @cert-authority would admit other keys (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT).
    [GeneratedRegex(@"\A(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa) [A-Za-z0-9+/]+={0,2}\z")]
    private static partial Regex HostKey();

    /// <summary>The facts that are known and not empty, in the order of <see cref="Names"/>.</summary>
    public static IReadOnlyDictionary<string, string> Of(IReadOnlyDictionary<string, string> values)
    {
        var facts = new OrderedDictionary<string, string>();
        foreach (var name in Names)
        {
            if (values.TryGetValue(name, out var value) && value.Length > 0)
                facts.Add(name, value);
        }

        return facts.Count == 0 ? None : facts;
    }

    /// <summary>Whether both say the same.</summary>
    public static bool AreSame(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count && one.All(f => other.TryGetValue(f.Key, out var value) && value == f.Value);

    /// <summary>Facts as the database has them; null for none.</summary>
    public static string? Write(IReadOnlyDictionary<string, string> facts)
    {
        if (facts.Count == 0)
            return null;

        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Json))
        {
            json.WriteStartObject();
            foreach (var (name, value) in facts)
                json.WriteString(name, value);

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>Facts from the database. What another program wrote and cannot be read is left out.</summary>
    public static IReadOnlyDictionary<string, string> Read(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return None;

        try
        {
            using var json = JsonDocument.Parse(text);
            var values = new Dictionary<string, string>();
            foreach (var fact in json.RootElement.EnumerateObject().Where(f => f.Value.ValueKind == JsonValueKind.String))
            {
                if (Check(fact.Name, fact.Value.GetString()!, out var value) is null)
                    values[fact.Name] = value;
            }

            return Of(values);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return None;
        }
    }
}
