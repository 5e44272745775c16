namespace WgFleet.Hosting;

/// <summary>
/// A caller's request is refused, and nothing was changed. One place per audience turns it into an answer: an HTTP status for machines and
/// programs, a page or a message for people.
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
    /// <summary>The request itself is wrong: a value that is not allowed. Asking again does not help.</summary>
    Invalid,

    /// <summary>The caller may not do this.</summary>
    Forbidden,

    /// <summary>What the request names does not exist.</summary>
    NotFound,

    /// <summary>The present state does not allow it.</summary>
    Conflict,

    /// <summary>It is not possible now, but may be later.</summary>
    Unavailable,
}
