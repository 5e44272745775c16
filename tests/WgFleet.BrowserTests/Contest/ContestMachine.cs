using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using WgFleet.WireGuard;

namespace WgFleet.BrowserTests.Contest;

/// <summary>A machine in the hall that does what the join script does: it registers, pings once a minute, and makes a new key when it is told to.</summary>
internal sealed partial class ContestMachine(ContestHall hall, string seat)
{
    private static readonly TimeSpan PingEvery = TimeSpan.FromMinutes(1);

    private readonly string _identity = Random.Shared.NextInt64().ToString("x16", CultureInfo.InvariantCulture);
    private readonly string _start = Random.Shared.NextInt64().ToString("x16", CultureInfo.InvariantCulture);
    private string? _address;
    private DateTimeOffset _pingedAt;

    public WireGuardKey Key { get; set; } = PrivateKey.Generate().PublicKey;

    public string Serial { get; init; } = SerialOf(seat);

    public string Image { get; set; } = ContestHall.Image;

    /// <summary>The switch port that it is plugged into.</summary>
    public string Port { get; set; } = PortOf(seat);

    public bool IsOn { get; private set; }

    /// <summary>The status of its latest request.</summary>
    public HttpStatusCode LastStatus { get; private set; }

    public static string SerialOf(string seat) => $"SN-{seat}";

    public static string PortOf(string seat) => $"sw{seat[0]}/{int.Parse(seat[1..], CultureInfo.InvariantCulture)}";

    public Task BootAsync()
    {
        (IsOn, _address, _pingedAt) = (true, null, DateTimeOffset.MinValue);
        return LiveAsync();
    }

    /// <summary>Says again what it is, as the join script does when that has changed.</summary>
    public Task TellNewsAsync() => RegisterAsync();

    public void SwitchOff() => IsOn = false;

    /// <summary>Uses its tunnel, and pings or registers if it is time for that.</summary>
    public async Task LiveAsync()
    {
        if (!IsOn)
            return;

        if (_address is not null && hall.Fleet.ByKey.ContainsKey(Key))
            hall.WireGuard.Touch("wg_hall", Key, hall.Time.GetUtcNow(), 1000);
        if (hall.Time.GetUtcNow() - _pingedAt < PingEvery)
            return;

        _pingedAt = hall.Time.GetUtcNow();
        if (_address is not null && await PingAsync())
            return;

        if (await RegisterAsync())
            await PingAsync();
    }

    private async Task<bool> PingAsync()
    {
        var (status, body) = await SendAsync("ping", _address!, """{"hostname":"debian"}""");
        if (status == HttpStatusCode.Conflict && body.Contains("\"regenerate\":true", StringComparison.Ordinal))
            Key = PrivateKey.Generate().PublicKey;

        return status == HttpStatusCode.OK;
    }

    private async Task<bool> RegisterAsync()
    {
        var (status, body) = await SendAsync(
            "register", "198.51.100.7", $$$"""{"public_key":"{{{Key}}}","facts":{"identity":"{{{_identity}}}","board_serial":"{{{Serial}}}","switch_port":"{{{Port}}}","image":"{{{Image}}}"}}""");
        if (status != HttpStatusCode.OK)
            return false;

        using var json = JsonDocument.Parse(body);
        _address = AddressLine().Match(json.RootElement.GetProperty("config").GetString()!).Groups[1].Value;
        return true;
    }

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(string path, string source, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/fleet/hall/{path}");
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", source);
        request.Headers.TryAddWithoutValidation("Wg-Fleet-Machine", $"{_start} {_identity}");
        try
        {
            using var answer = await hall.Http.SendAsync(request, ContestHall.Ct);
            LastStatus = answer.StatusCode;
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(ContestHall.Ct));
        }
        catch (HttpRequestException)
        {
            // The gateway is down.
            return (LastStatus = 0, "");
        }
    }

    [GeneratedRegex(@"(?m)^Address = ([^/]+)/")]
    private static partial Regex AddressLine();
}
