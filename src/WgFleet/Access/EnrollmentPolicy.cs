using System.Net;
using WgFleet.Config;
using WgFleet.Fleets.State;

namespace WgFleet.Access;

/// <summary>Decides whether a machine may register: by where it comes from, how often it asks, and the token it shows.</summary>
internal sealed class EnrollmentPolicy(TokenRegistry tokens) : IDisposable
{
    private readonly Throttle _throttle = new();

    /// <summary>Whether it may, as far as can be told before the writer has its say.</summary>
    public Admission Of(FleetConfig fleet, HttpContext context)
    {
        var asks = fleet.Enrollment;
        if (asks.AsksNothing)
            return default;

        var source = IPAddress.TryParse(SourceAddress.Of(context).Text, out var address) ? address : null;
        if (asks.Allow?.Hold(source) == false)
            return Refused(StatusCodes.Status403Forbidden, "Registration is not allowed from this address");

        // Before the token is looked at: guesses count too.
        if (_throttle.IsTooSoon(fleet, source, out var wait, out var whose))
            return Refused(StatusCodes.Status429TooManyRequests, $"Too many registrations {whose}") with { RetryAfter = wait };

        return asks.NeedsToken ? Shown(fleet.Name, context.Request) : default;
    }

    public void Dispose() => _throttle.Dispose();

    private Admission Shown(string fleet, HttpRequest request)
    {
        if (!Bearer.IsShown(request, out var text))
            return Refused(StatusCodes.Status401Unauthorized, "This fleet takes an enrolment token: Authorization: Bearer wgf_...") with { Challenge = Bearer.Scheme };

        if (tokens.Enrollment(text) is not { } token)
            return Refused(StatusCodes.Status401Unauthorized, "This is not an enrolment token") with { Challenge = $"{Bearer.Scheme} error=\"invalid_token\"" };

        return token.Bars(fleet) is { } why ? Refused(StatusCodes.Status403Forbidden, why) : new Admission { Token = token };
    }

    private static Admission Refused(int status, string detail) => new() { Status = status, Detail = detail };
}

/// <summary>Whether a machine may register; the default is that it may.</summary>
internal readonly record struct Admission
{
    /// <summary>The token it comes in with; null where none is asked for.</summary>
    public EnrollmentToken? Token { get; init; }

    /// <summary>The HTTP status it is refused with; 0 if it is not.</summary>
    public int Status { get; init; }

    /// <summary>Why it is refused.</summary>
    public string? Detail { get; init; }

    /// <summary>What would let it in, as WWW-Authenticate says it.</summary>
    public string? Challenge { get; init; }

    /// <summary>When it may ask again.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
