namespace WgFleet.Hosting;

/// <summary>
/// A caller's request is refused, and nothing was changed. It becomes an HTTP status for machines and
/// programs, and a page or a message for people.
/// </summary>
/// <param name="kind">What kind of refusal it is; decides the HTTP status.</param>
/// <param name="message">One line for the caller: why, and what to do next. It never holds a secret.</param>
internal sealed class RefusedException(Refusal kind, string message) : Exception(message)
{
    public Refusal Kind { get; } = kind;
}

/// <summary>The kinds of refusal that callers can tell apart.</summary>
internal enum Refusal
{
    /// <summary>The request has a value that is not allowed. The same request would always be refused.</summary>
    Invalid,

    /// <summary>The caller may not do this.</summary>
    Forbidden,

    /// <summary>The request names something that does not exist.</summary>
    NotFound,

    /// <summary>The present state does not allow it.</summary>
    Conflict,

    /// <summary>Somebody else has changed what the request is about since the caller saw it.</summary>
    Outdated,

    /// <summary>It is not possible now, but may be later.</summary>
    Unavailable,
}
