using WgFleet.Access;
using WgFleet.Fleets;
using WgFleet.Hooks;
using WgFleet.Store;
using WgFleet.Store.Engine;

namespace WgFleet.Testing;

/// <summary>Operators of tests, and what they do.</summary>
internal static class Acting
{
    /// <summary>An operator on the gateway.</summary>
    public static FleetOperator As(string name) => new(name, "socket", null);

    /// <summary>Writes what an act writes, and records no event, where there is no writer.</summary>
    public static RecordAct Unrecorded(Database database) => (_, write) =>
    {
        if (write is not null)
            database.Write(write);

        return Task.CompletedTask;
    };

    /// <summary>Creates an admin token, for a test that is not asynchronous.</summary>
    public static (TokenRow Token, TokenSecret Secret) CreateAdmin(this TokenRegistry tokens, string name, string scope, TimeSpan? lifetime, string by) =>
        Task.Run(() => tokens.CreateAdminAsync(name, scope, lifetime, As(by))).GetAwaiter().GetResult();

    /// <summary>Creates an enrollment token, for a test that is not asynchronous.</summary>
    public static (TokenRow Token, TokenSecret Secret) CreateEnrollment(this TokenRegistry tokens, EnrollmentTerms terms, string by) =>
        Task.Run(() => tokens.CreateEnrollmentAsync(terms, As(by))).GetAwaiter().GetResult();

    /// <summary>Revokes a token, for a test that is not asynchronous.</summary>
    public static TokenRow Revoke(this TokenRegistry tokens, string? kind, string name, string by, bool mayOpen) =>
        Task.Run(() => tokens.RevokeAsync(kind, name, As(by), mayOpen)).GetAwaiter().GetResult();
}
