using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace WgFleet.Hooks.Generator;

/// <summary>Finds where a class blocks its thread: Task.Wait and its like, Task.Result, GetAwaiter().GetResult(), Thread.Sleep.</summary>
internal static class BlockingWaits
{
    public static IEnumerable<SyntaxNode> In(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellationToken)
    {
        foreach (var declaration in type.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(cancellationToken)))
        {
            var model = compilation.GetSemanticModel(declaration.SyntaxTree);
            foreach (var access in declaration.DescendantNodes().OfType<MemberAccessExpressionSyntax>())
            {
                if (IsCandidate(access.Name.Identifier.ValueText) && model.GetSymbolInfo(access, cancellationToken).Symbol is { } member && Blocks(member))
                    yield return access.Parent is InvocationExpressionSyntax call ? call : access;
            }
        }
    }

    // By the name first, since asking what a name means is expensive.
    private static bool IsCandidate(string name) => name is "Wait" or "WaitAll" or "WaitAny" or "Result" or "GetResult" or "Sleep";

    private static bool Blocks(ISymbol member)
    {
        var type = member.ContainingType;
        return type.ContainingNamespace.ToDisplayString() switch
        {
            "System.Threading.Tasks" => type.Name is "Task" or "ValueTask",
            "System.Threading" => type.Name == "Thread",
            "System.Runtime.CompilerServices" => member.Name == "GetResult",
            _ => false,
        };
    }
}
