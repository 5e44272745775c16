namespace WgFleet.Hooks.Projections.Templates;

/// <summary>A template cannot be used; the message is one line that names it and, where known, the line in it.</summary>
internal sealed class TemplateException(string message, Exception? inner = null) : Exception(message, inner);
