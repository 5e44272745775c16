using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace WgFleet.Tests;

/// <summary>
/// Which member of a project uses which other: methods, properties, constructors. A lambda belongs to the member that it stands in, and a call of a virtual
/// member reaches all overrides. Calls through interfaces and delegates are not followed.
/// </summary>
internal sealed class CallGraph
{
    private readonly Dictionary<ISymbol, HashSet<ISymbol>> _users = new(SymbolEqualityComparer.Default);

    public CallGraph(CSharpCompilation compilation)
    {
        foreach (var tree in compilation.SyntaxTrees)
        {
            var model = compilation.GetSemanticModel(tree);
            foreach (var member in tree.GetRoot().DescendantNodes().OfType<MemberDeclarationSyntax>().Where(m => m is not (BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax or BaseFieldDeclarationSyntax)))
            {
                if (model.GetDeclaredSymbol(member) is not { } user)
                    continue;

                if (((user as IMethodSymbol)?.OverriddenMethod ?? (ISymbol?)(user as IPropertySymbol)?.OverriddenProperty) is { } overridden)
                    Add(user, overridden);

                foreach (var name in member.DescendantNodes().OfType<SimpleNameSyntax>())
                {
                    var used = model.GetSymbolInfo(name).Symbol ?? model.GetSymbolInfo(name).CandidateSymbols.FirstOrDefault();
                    if (used is IMethodSymbol or IPropertySymbol)
                        Add(used, user);
                }
            }
        }
    }

    /// <summary>The ways to a member: for each member from which it is reached, the members on the way, the outermost first.</summary>
    public IEnumerable<IReadOnlyList<ISymbol>> WaysTo(Func<ISymbol, bool> target)
    {
        var open = new Queue<IReadOnlyList<ISymbol>>(_users.Keys.Where(target).Select(t => new[] { t }));
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        while (open.TryDequeue(out var way))
        {
            foreach (var user in _users.GetValueOrDefault(way[0]) ?? [])
            {
                if (!seen.Add(user))
                    continue;

                IReadOnlyList<ISymbol> longer = [user, .. way];
                open.Enqueue(longer);
                yield return longer;
            }
        }
    }

    private void Add(ISymbol used, ISymbol user)
    {
        var original = (used is IMethodSymbol { ReducedFrom: { } extension } ? extension : used).OriginalDefinition;
        if (!original.DeclaringSyntaxReferences.IsEmpty && !SymbolEqualityComparer.Default.Equals(original, user))
            (_users.TryGetValue(original, out var users) ? users : _users[original] = new(SymbolEqualityComparer.Default)).Add(user);
    }
}
