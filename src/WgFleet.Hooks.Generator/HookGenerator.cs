using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace WgFleet.Hooks.Generator;

/// <summary>
/// Writes the table of all classes with [Hook], <c>WgFleet.Hooks.Discovery.HookTable</c>, when the server is built, and reports hooks
/// that could not work (<see cref="Rules"/>). Nothing is looked up by reflection when the server runs.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class HookGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var hooks = context.SyntaxProvider.ForAttributeWithMetadataName(
            "WgFleet.Hooks.HookAttribute", static (_, _) => true, static (found, cancellationToken) => HookReader.Read(found, cancellationToken));
        context.RegisterSourceOutput(hooks.Collect(), static (output, all) => Write(output, all));
    }

    private static void Write(SourceProductionContext output, ImmutableArray<HookModel> all)
    {
        foreach (var finding in all.SelectMany(hook => hook.Findings).Concat(SharedNames(all)))
            output.ReportDiagnostic(finding.ToDiagnostic());

        // A hook with an error is left out, so that the error is the only one that its author reads.
        var sound = all.Where(hook => hook.Entry is not null).OrderBy(hook => hook.Class, System.StringComparer.Ordinal);
        output.AddSource("HookTable.g.cs", HookTableText.Of(sound));
    }

    private static IEnumerable<Finding> SharedNames(ImmutableArray<HookModel> all) =>
        from shared in all.GroupBy(hook => hook.Name)
        where shared.Count() > 1
        let classes = string.Join(" and ", shared.Select(hook => hook.Class).OrderBy(name => name, System.StringComparer.Ordinal))
        from hook in shared
        select new Finding(Rules.SharedName, hook.Place, shared.Key, classes);
}
