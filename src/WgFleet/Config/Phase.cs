using System.Globalization;

namespace WgFleet.Config;

/// <summary>A named state that a fleet is in for a while, such as a contest.</summary>
/// <param name="Name">Its name.</param>
/// <param name="From">When it began.</param>
/// <param name="Until">When it ends.</param>
/// <param name="Freezes">Whether no client is pruned and no name changes.</param>
/// <param name="ClosesEnrollment">Whether no new machine can join; machines that are clients can register again.</param>
internal sealed record Phase(string Name, DateTimeOffset From, DateTimeOffset Until, bool Freezes, bool ClosesEnrollment)
{
    /// <summary>Its name and its end, for a sentence.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"the phase {Name} until {Until.UtcDateTime:yyyy-MM-dd HH:mm:ss'Z'}");
}
