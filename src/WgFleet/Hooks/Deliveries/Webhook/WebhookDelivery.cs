using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using WgFleet.Config;
using WgFleet.Events;
using WgFleet.Hooks.Templates;
using WgFleet.Hosting;

namespace WgFleet.Hooks.Deliveries.Webhook;

/// <summary>Sends events to an HTTP endpoint, signed as Standard Webhooks specifies. One attempt is one request: no redirects, cookies or cache.</summary>
/// <remarks>Dispose it when no attempt is under way; this closes its connections.</remarks>
internal sealed class WebhookDelivery : IDelivery, IDisposable
{
    private readonly WebhookConfig _config;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly int _maxAttempts;
    private readonly HttpMessageInvoker _http;
    private readonly WebhookBody? _body;

    /// <param name="config">The URL, the secrets and the limits.</param>
    /// <param name="time">The clock for timestamps and for the timeout.</param>
    /// <param name="random">For the jitter of retries; null for the shared one.</param>
    /// <param name="resolve">Looks up the receiver's name; null to ask the system.</param>
    /// <param name="maxAttempts">How many times an event is tried; null for <see cref="WebhookLadder.Attempts"/>.</param>
    /// <param name="settings">The hook's settings, for the template of the body.</param>
    public WebhookDelivery(
        WebhookConfig config, TimeProvider time, Random? random = null, HostResolver? resolve = null, int? maxAttempts = null,
        IReadOnlyDictionary<string, string>? settings = null)
    {
        _body = config.Body is null ? null : new WebhookBody(config, settings ?? new Dictionary<string, string>());
        _maxAttempts = maxAttempts ?? WebhookLadder.Attempts;
        _config = config;
        _time = time;
        _random = random ?? Random.Shared;
        var connector = new CheckedConnector(new AddressPolicy(config.Allow), resolve ?? Dns.GetHostAddressesAsync, config.Timeout);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectCallback = connector.ConnectAsync,
            ConnectTimeout = config.Timeout,
            // Look the name up again now and then, in case the receiver has moved.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            // Do not read the rest of a long response; close the connection instead.
            MaxResponseDrainSize = 0,
            MaxResponseHeadersLength = 16,
        });
    }

    /// <summary>Lists every reason why <paramref name="config"/> cannot work: the key below <c>webhook</c>, and a sentence for the operator.</summary>
    public static IEnumerable<(string Key, string Text)> Problems(WebhookConfig config)
    {
        // The addresses of a name are not known before it is looked up, which happens at each connection.
        if (IPAddress.TryParse(config.Url.DnsSafeHost, out var address) && new AddressPolicy(config.Allow).Refusal(address) is { } refusal)
            yield return ("url", $"{refusal}, so nothing would connect to it");

        foreach (var (index, file) in config.SecretFiles.Index())
        {
            if (SecretFile.Problem(file) is { } problem)
                yield return ($"secrets[{index}]", problem);
        }

        foreach (var header in config.Headers)
        {
            if (ExtraHeaders.Problem(header) is { } problem)
                yield return ($"headers.{header.Name}", problem);
        }
    }

    /// <inheritdoc/>
    public TimeSpan? DelayBefore(int attempt) => WebhookLadder.Schedule.DelayBefore(attempt, _maxAttempts, _random);

    /// <inheritdoc/>
    public async Task<DeliveryOutcome> DeliverAsync(DeliveryAttempt attempt, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_config.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        string? code = null;
        try
        {
            var body = _body?.Of(attempt.Event, attempt.Envelope) ?? attempt.Envelope;
            attempt.ShowBody?.Invoke(body);
            using var request = RequestFor(attempt, body);
            using var response = await SendAsync(request, attempt.Show, either.Token);
            code = WebhookAnswer.Code(response);
            return await WebhookAnswer.ReadAsync(response, _time.GetUtcNow(), either.Token);
        }
        catch (TemplateException e)
        {
            // What a template makes of an event does not change by itself. A file that is missing may come back.
            attempt.ShowBody?.Invoke(default);
            return new DeliveryOutcome(_body!.IsLoaded ? DeliveryVerdict.Rejected : DeliveryVerdict.Retry) { Error = WebhookException.OneLine(e.Message) };
        }
        catch (Exception e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new DeliveryOutcome(DeliveryVerdict.Retry) { Code = code, Error = ErrorOf(e) };
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, Action<string>? show, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(request, cancellationToken);
        }
        finally
        {
            // Shown only now because sending adds headers, such as the trace.
            if (show is not null)
                Show(request, show);
        }
    }

    private void Show(HttpRequestMessage request, Action<string> show)
    {
        show($"{request.Method} {request.RequestUri}");
        show($"Host: {request.RequestUri!.IdnHost}{(request.RequestUri.IsDefaultPort ? "" : $":{request.RequestUri.Port}")}");

        // Reading the length adds it to the headers.
        _ = request.Content!.Headers.ContentLength;
        foreach (var header in request.Headers.Concat(request.Content.Headers))
            show($"{header.Key}: {(_config.Headers.Any(h => h.Name.Equals(header.Key, StringComparison.OrdinalIgnoreCase)) ? "(not shown)" : string.Join(' ', header.Value))}");
    }

    private HttpRequestMessage RequestFor(DeliveryAttempt attempt, ReadOnlyMemory<byte> body)
    {
        var id = attempt.Event.Id;
        var timestamp = _time.GetUtcNow().ToUnixTimeSeconds();
        var signature = Signature(id, timestamp, body.Span);

        var request = new HttpRequestMessage(HttpMethod.Post, _config.Url) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(_body is null ? _config.ContentType ?? EventEnvelope.ContentType : _config.ContentTypeOfBody);
        ExtraHeaders.Add(request, _config.Headers);
        if (!request.Headers.Contains("User-Agent"))
            request.Headers.TryAddWithoutValidation("User-Agent", $"wg-fleet/{ProductInfo.Version}");

        request.Headers.TryAddWithoutValidation("webhook-id", id);
        request.Headers.TryAddWithoutValidation("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        if (signature is not null)
            request.Headers.TryAddWithoutValidation("webhook-signature", signature);

        return request;
    }

    /// <summary>The signature; null if no secret is configured.</summary>
    /// <exception cref="WebhookException">A secret cannot be read. The event is not sent unsigned, so that receivers do not get used to that.</exception>
    private string? Signature(string id, long timestamp, ReadOnlySpan<byte> body)
    {
        if (_config.SecretFiles.Count == 0)
            return null;

        var secrets = new List<byte[]>();
        try
        {
            foreach (var file in _config.SecretFiles)
                secrets.Add(SecretFile.Read(file));

            return WebhookSignature.Of(id, timestamp, body, secrets);
        }
        finally
        {
            secrets.ForEach(s => CryptographicOperations.ZeroMemory(s));
        }
    }

    private string ErrorOf(Exception exception)
    {
        var receiver = _config.Url.Authority;
        return exception is OperationCanceledException
            ? string.Create(CultureInfo.InvariantCulture, $"{receiver} did not answer, or not to the end, within {_config.Timeout.TotalSeconds:0.###} s")
            : WebhookException.Describe(exception, receiver);
    }
}
