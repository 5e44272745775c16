using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using WgFleet.Access;

namespace WgFleet.Http.Api.Document;

/// <summary>Says of each operation who may use it, from its <see cref="AccessRule"/>: in words, and as a security scheme.</summary>
internal static class Permissions
{
    private const string AdminToken = "admin_token";
    private const string EnrollmentToken = "enrollment_token";

    /// <summary>Declares the security schemes.</summary>
    public static void Declare(OpenApiDocument document) => (document.Components ??= new OpenApiComponents()).SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
    {
        [AdminToken] = Bearer("An admin token, which 'wg-fleet tokens create' makes, with scope read or write"),
        [EnrollmentToken] = Bearer("An enrollment token, which 'wg-fleet tokens create --enroll' makes, for fleets with enrollment: token"),
    };

    /// <summary>Describes one operation.</summary>
    public static Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var rule = context.Description.ActionDescriptor.EndpointMetadata.OfType<AccessRule>().Last();
        var (words, schemes) = (rule.Permission, operation.OperationId) switch
        {
            (Permission.None, "registerClient") => ("Fleets with enrollment: token need an enrollment token", Schemes(context, EnrollmentToken, isOptional: true)),
            (Permission.None, _) => ("The source address in the tunnel says which client asks", []),
            (Permission.Read, _) => ("Needs an admin token, unless read_allow admits the caller's address", Schemes(context, AdminToken, isOptional: true)),
            (Permission.Write, _) => ("Needs an admin token with scope write", Schemes(context, AdminToken)),
            _ => ("Only for root on the server, over the admin socket", []),
        };
        operation.Description = $"{operation.Summary}. {words}.";
        operation.Security = [.. schemes];
        return Task.CompletedTask;
    }

    private static OpenApiSecurityRequirement[] Schemes(OpenApiOperationTransformerContext context, string scheme, bool isOptional = false)
    {
        var needed = new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(scheme, context.Document)] = [] };
        return isOptional ? [needed, []] : [needed];
    }

    private static OpenApiSecurityScheme Bearer(string description) => new() { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = description };
}
