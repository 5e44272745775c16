namespace WgFleet.Cli.Output;

/// <summary>How a list is printed.</summary>
internal enum ListFormat
{
    /// <summary>A few columns, with ages instead of times.</summary>
    Table,

    /// <summary>All columns, with full times.</summary>
    Wide,

    /// <summary>The answer of the API.</summary>
    Json,

    /// <summary>All columns, as RFC 4180 has them.</summary>
    Csv,
}
