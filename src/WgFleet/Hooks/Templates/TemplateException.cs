namespace WgFleet.Hooks.Templates;

/// <summary>A template cannot be read, compiled or rendered. The message is one line that names the template and, if known, the line in it.</summary>
internal sealed class TemplateException(string message, Exception? inner = null) : Exception(message, inner);
