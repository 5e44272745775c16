using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Mvc;
using WgFleet.Hosting;

namespace WgFleet.Http.Api;

/// <summary>Refuses a query parameter that a route does not have, or whose value cannot be read: with a misspelled filter the answer would have everything.</summary>
internal static class KnownParameters
{
    public static RouteGroupBuilder RefusesUnknownParameters(this RouteGroupBuilder routes)
    {
        routes.AddEndpointFilterFactory((route, next) =>
        {
            var known = route.MethodInfo.GetParameters().SelectMany(Parameters).OrderBy(p => p.Name, StringComparer.Ordinal).ToList();
            return invocation =>
            {
                Check(invocation.HttpContext, known);
                return next(invocation);
            };
        });
        return routes;
    }

    private static void Check(HttpContext context, List<(string Name, Type Type)> known)
    {
        foreach (var (name, values) in context.Request.Query)
        {
            if (!known.Exists(k => k.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
                throw new RefusedException(Refusal.Invalid, $"there is no parameter '{name}'; there are: {(known.Count == 0 ? "none" : string.Join(", ", known.Select(k => k.Name)))}");

            // The framework sets the status for an optional value that it cannot read, and says no more.
            var type = known.Find(k => k.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Type;
            if (context.Response.StatusCode == StatusCodes.Status400BadRequest && values.ToString() is { Length: > 0 } value && !CanRead(type, value))
                throw new RefusedException(Refusal.Invalid, $"{name} is '{value}', which is not {(type == typeof(bool) ? "true or false" : "a whole number, or is too large")}");
        }
    }

    private static bool CanRead(Type type, string value) =>
        type == typeof(int) ? int.TryParse(value, CultureInfo.InvariantCulture, out _)
        : type == typeof(long) ? long.TryParse(value, CultureInfo.InvariantCulture, out _)
        : type != typeof(bool) || bool.TryParse(value, out _);

    // A value of the path counts too: a route that has one ignores a query parameter of that name.
    private static IEnumerable<(string Name, Type Type)> Parameters(ParameterInfo parameter)
    {
        // By name, so that the properties are kept in the native program. Of the records that routes take as parameters, no other asks for one of the query.
        if (parameter.ParameterType == typeof(NamedClient))
            return typeof(NamedClient).GetProperties().Where(p => p.GetCustomAttribute<FromQueryAttribute>() is { Name: not null }).Select(p => (p.GetCustomAttribute<FromQueryAttribute>()!.Name!, p.PropertyType));

        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        return type == typeof(string) || type.IsPrimitive ? [(parameter.Name!, type)] : [];
    }
}
