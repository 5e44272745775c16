using System.CommandLine;

namespace WgFleet.Cli.Arguments;

/// <summary>An option <c>KEY=VALUE</c>, which may be repeated.</summary>
internal static class Tags
{
    public static Option<IReadOnlyDictionary<string, string>?> Option(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "KEY=VALUE",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result =>
        {
            var tags = new Dictionary<string, string>();
            foreach (var token in result.Tokens)
            {
                if (token.Value.Split('=', 2) is not [{ Length: > 0 } key, var value])
                    result.AddError($"{name} '{token.Value}' is not KEY=VALUE");
                else if (!tags.TryAdd(key, value))
                    result.AddError($"{name} repeats the key '{key}'");
            }

            return tags;
        },
    };
}
