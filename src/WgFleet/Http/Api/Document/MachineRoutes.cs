using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace WgFleet.Http.Api.Document;

/// <summary>
/// Describes the machines' endpoints, which read the request by hand. What the framework would describe by itself would also change how it routes: these
/// endpoints take any content type, as the Python server did.
/// </summary>
internal static class MachineRoutes
{
    /// <summary>Puts an endpoint into the document.</summary>
    /// <param name="route">The endpoint.</param>
    /// <param name="operation">The operation's id.</param>
    /// <param name="summary">One line on what it does.</param>
    public static RouteHandlerBuilder DescribeForMachines(this RouteHandlerBuilder route, string operation, string summary) => route
        .WithTags(Sections.Machines).WithName(operation).WithSummary(summary).WithMetadata(new InDocument());

    /// <summary>Describes the body, which may be absent.</summary>
    public static RouteHandlerBuilder DescribeBody<TBody>(this RouteHandlerBuilder route) => route.AddOpenApiOperationTransformer(async (operation, context, cancellationToken) =>
        operation.RequestBody = new OpenApiRequestBody { Content = await JsonAsync<TBody>(context, cancellationToken) });

    /// <summary>Describes an answer.</summary>
    public static RouteHandlerBuilder DescribeAnswer<TBody>(this RouteHandlerBuilder route, int status, string meaning) => route.AddOpenApiOperationTransformer(async (operation, context, cancellationToken) =>
        (operation.Responses ??= [])[$"{status}"] = new OpenApiResponse { Description = meaning, Content = await JsonAsync<TBody>(context, cancellationToken) });

    /// <summary>Describes a refusal, which has a detail.</summary>
    public static RouteHandlerBuilder DescribeRefusal(this RouteHandlerBuilder route, int status, string meaning) => route.DescribeAnswer<RefusalResponse>(status, meaning);

    /// <summary>Describes where a body is wrong: names of members, and positions.</summary>
    public static Task DescribeLocation(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonPropertyInfo is { Name: "loc" } member && member.DeclaringType == typeof(UnreadableBody))
            schema.Items = new OpenApiSchema { OneOf = [new OpenApiSchema { Type = JsonSchemaType.String }, new OpenApiSchema { Type = JsonSchemaType.Integer }] };

        return Task.CompletedTask;
    }

    private static async Task<Dictionary<string, OpenApiMediaType>> JsonAsync<TBody>(OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        // The schema is declared once, under the name of its type, and referred to.
        var schema = await context.GetOrCreateSchemaAsync(typeof(TBody), null, cancellationToken);
        context.Document!.AddComponent(typeof(TBody).Name, schema);
        return new() { ["application/json"] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(typeof(TBody).Name, context.Document) } };
    }
}

/// <summary>Marks an endpoint of machines that the document describes.</summary>
internal sealed class InDocument;
