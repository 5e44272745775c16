using System.Net;
using WgFleet.Config;
using WgFleet.Fleets.State;

namespace WgFleet.Access;

/// <summary>Decides whether a machine may register: by its source address, how often it asks, and its token.</summary>
internal sealed class EnrollmentPolicy(TokenRegistry tokens, TimeProvider time) : IDisposable
{
    private readonly Throttle _throttle = new();

    /// <summary>Judges a request once. The writer checks only the remaining uses of the token again, in the transaction of the registration.</summary>
    public Admission Judge(FleetConfig fleet, HttpRequest request, SourceAddress source)
    {
        var rules = fleet.Enrollment;
        if (rules.AsksNothing)
            return default;

        var address = IPAddress.TryParse(source.Text, out var parsed) ? parsed : null;
        if (rules.Allow?.Contains(address) == false)
            return Refused(StatusCodes.Status403Forbidden, "Registration is not allowed from this address");

        // Checked before the token, so that guessed tokens count too.
        if (_throttle.IsTooSoon(fleet, address, out var wait, out var whose))
            return Refused(StatusCodes.Status429TooManyRequests, $"Too many registrations {whose}") with { RetryAfter = wait };

        return rules.NeedsToken ? JudgeToken(fleet.Name, request) : default;
    }

    public void Dispose() => _throttle.Dispose();

    private Admission JudgeToken(string fleet, HttpRequest request)
    {
        if (!Bearer.IsShown(request, out var text))
            return Refused(StatusCodes.Status401Unauthorized, "This fleet takes an enrollment token: Authorization: Bearer wgf_...") with { Challenge = Bearer.Scheme };

        if (tokens.Enrollment(text) is not { } token)
            return Refused(StatusCodes.Status401Unauthorized, "This is not an enrollment token") with { Challenge = $"{Bearer.Scheme} error=\"invalid_token\"" };

        return token.Bars(fleet) is { } why
            ? Refused(StatusCodes.Status403Forbidden, why)
            : new Admission { Token = token, NoNewClients = token.Refuses(fleet, time.GetUtcNow(), taken: 0) };
    }

    private static Admission Refused(int status, string detail) => new() { Status = status, Detail = detail };
}

/// <summary>Whether a machine may register; the default is that it may.</summary>
internal readonly record struct Admission
{
    /// <summary>The token that the machine sent; null if the fleet requires none.</summary>
    public EnrollmentToken? Token { get; init; }

    /// <summary>Why no new client can register with the token (it has expired or is used up), although its existing clients can; null if new ones can too.</summary>
    public string? NoNewClients { get; init; }

    /// <summary>The HTTP status of the refusal; 0 if there is none.</summary>
    public int Status { get; init; }

    /// <summary>The reason for the refusal.</summary>
    public string? Detail { get; init; }

    /// <summary>The value of WWW-Authenticate; null for none.</summary>
    public string? Challenge { get; init; }

    /// <summary>How long to wait before asking again; null for no limit.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
