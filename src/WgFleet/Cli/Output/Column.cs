namespace WgFleet.Cli.Output;

/// <summary>A column of a list.</summary>
/// <param name="Header">Its heading, in capitals; in CSV it is in small letters, with _ for each space.</param>
/// <param name="Value">Its value in a row: text, a number, or a time; null for none.</param>
/// <param name="IsWide">Whether it is left out of the narrow table.</param>
/// <param name="MayBeCut">Whether a terminal that is too narrow may show only the start of it.</param>
internal sealed record Column<T>(string Header, Func<T, object?> Value, bool IsWide = false, bool MayBeCut = false);
