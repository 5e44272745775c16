using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace WgFleet.Hooks.Generator;

/// <summary>Reads what a class with [Hook] is, and finds what is wrong with it.</summary>
internal sealed class HookReader
{
    private const double LongestSeconds = 86400;

    private static readonly Regex NameFormat = new(@"\A[a-z0-9_-]+\z");

    private readonly INamedTypeSymbol _class;
    private readonly AttributeData _attribute;
    private readonly Place _place;
    private readonly List<Finding> _findings = [];

    private HookReader(GeneratorAttributeSyntaxContext found)
    {
        _class = (INamedTypeSymbol)found.TargetSymbol;
        _attribute = found.Attributes[0];
        _place = Place.Of((_attribute.ApplicationSyntaxReference?.GetSyntax() ?? found.TargetNode).GetLocation());
    }

    private string FullName => _class.ToDisplayString();

    public static HookModel Read(GeneratorAttributeSyntaxContext found, CancellationToken cancellationToken) =>
        new HookReader(found).Read(found.SemanticModel.Compilation, cancellationToken);

    private HookModel Read(Compilation compilation, CancellationToken cancellationToken)
    {
        var name = _attribute.ConstructorArguments.FirstOrDefault().Value as string ?? "";
        if (!NameFormat.IsMatch(name))
            Add(Rules.BadName, name);

        var isProjection = _class.AllInterfaces.Any(i => i.ToDisplayString() == "WgFleet.Hooks.IProjection");
        var handled = _class.AllInterfaces.Where(IsHandler).Select(i => i.TypeArguments[0]).ToList();
        CheckKind(isProjection, handled);
        CheckMethods();
        CheckSettings(isProjection);
        if (_findings.Count == 0 && _class.InstanceConstructors.Count(IsVisible) != 1)
            Add(Rules.NeverCalled, FullName, "it has more than one constructor, or none that the server can call");

        var entry = _findings.Count == 0 ? HookTableText.Entry(_class, _attribute, isProjection, handled) : null;
        foreach (var wait in BlockingWaits.In(_class, compilation, cancellationToken))
            _findings.Add(new Finding(Rules.BlockingWait, Place.Of(wait.GetLocation()), wait.ToString()));

        return new HookModel(name, FullName, _place, entry, new Values<Finding>(_findings));
    }

    private void CheckKind(bool isProjection, List<ITypeSymbol> handled)
    {
        if (_class.IsAbstract || _class.IsStatic || _class.IsGenericType)
            Add(Rules.NeverCalled, FullName, "it is abstract, static or generic");
        else if (!IsVisible(_class))
            Add(Rules.NeverCalled, FullName, "it is private; make it internal");
        else if (isProjection && handled.Count > 0)
            Add(Rules.NeverCalled, FullName, "it implements both IHook<TEvent> and IProjection; make it two classes");
        else if (!isProjection && handled.Count == 0)
            Add(Rules.NeverCalled, FullName, "it implements neither IHook<TEvent> nor IProjection");

        foreach (var type in handled.Where(type => !IsSent(type)))
            Add(Rules.NeverCalled, $"IHook<{type.Name}>", $"the server sends no {type.Name}; use FleetEvent or a type that derives from it in WgFleet.Hooks");
    }

    /// <summary>A method by the name of the interface's, with other parameters, is one that its author believes is called.</summary>
    private void CheckMethods()
    {
        var called = new HashSet<ISymbol?>(
            _class.AllInterfaces.SelectMany(i => i.GetMembers()).Select(member => _class.FindImplementationForInterfaceMember(member)), SymbolEqualityComparer.Default);
        foreach (var method in _class.GetMembers().OfType<IMethodSymbol>())
        {
            if (method.Name is "HandleAsync" or "ProjectAsync" && method.DeclaredAccessibility == Accessibility.Public && !called.Contains(method))
                _findings.Add(new Finding(Rules.NeverCalled, Place.Of(method.Locations[0]), method.ToDisplayString(), "it implements no method of IHook<TEvent> or IProjection"));
        }
    }

    private void CheckSettings(bool isProjection)
    {
        foreach (var setting in _attribute.NamedArguments)
        {
            var text = (setting.Key, setting.Value.Value) switch
            {
                ("Await", true) when !isProjection => "Await is for projections; no response waits for a handler",
                ("NamedOnly", true) when !isProjection => "NamedOnly is for projections; a handler gets every event",
                ("TimeoutSeconds", double seconds) when !(seconds > 0 && seconds <= LongestSeconds) => "its timeout is not between 0 and a day",
                ("MinIntervalSeconds", double seconds) when !(seconds >= 0 && seconds <= LongestSeconds) => "its least interval is not between 0 and a day",
                ("MaxAttempts", < 1) => "its MaxAttempts is less than 1",
                _ => null,
            };
            if (text is not null)
                Add(Rules.BadSetting, FullName, text);
        }
    }

    private static bool IsHandler(INamedTypeSymbol type) => type.OriginalDefinition.ToDisplayString() == "WgFleet.Hooks.IHook<TEvent>";

    /// <summary>Events are made by the server, so only those that its library declares are sent.</summary>
    private static bool IsSent(ITypeSymbol type) =>
        type.ContainingNamespace.ToDisplayString() == "WgFleet.Hooks" && (type.Name == "FleetEvent" || type.BaseType?.Name == "FleetEvent");

    private static bool IsVisible(ISymbol symbol)
    {
        for (var at = symbol; at is not null and not INamespaceSymbol; at = at.ContainingType)
        {
            if (at.DeclaredAccessibility is not (Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal))
                return false;
        }

        return true;
    }

    private void Add(DiagnosticDescriptor rule, string first, string second = "") => _findings.Add(new Finding(rule, _place, first, second));
}
