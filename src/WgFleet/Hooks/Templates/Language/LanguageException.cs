namespace WgFleet.Hooks.Templates.Language;

/// <summary>Something is wrong with a template, in its text or with what it asks for.</summary>
/// <param name="line">The line of the template, from 1.</param>
/// <param name="text">What is wrong, without the line.</param>
internal sealed class LanguageException(int line, string text) : Exception(text)
{
    public int Line => line;
}
