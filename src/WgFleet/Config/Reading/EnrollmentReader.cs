using System.Net;
using WgFleet.Config.Yaml;

namespace WgFleet.Config.Reading;

/// <summary>Reads the keys that say who may register, at the top level for all fleets or in one fleet.</summary>
internal static class EnrollmentReader
{
    private static readonly ValueParser<bool> NeedsToken = Values.OneOf("a kind of enrollment", [("open", false), ("token", true)]);

    private static readonly ValueParser<Rate> Rate = new("use one such as 20/s, 600/m or 1000/h", (YamlScalar scalar, out Rate value) =>
        Config.Rate.TryParse(scalar.Text, out value) ? null : "is not a rate");

    private static readonly ListKind<IPNetwork> Allow = new(AddressValues.Network, "use a list of networks, such as [10.0.0.0/8]") { MayBeEmpty = true };

    /// <summary>The settings of the section; keys that it does not have are taken from <paramref name="above"/>.</summary>
    public static EnrollmentConfig Read(Section section, EnrollmentConfig above)
    {
        var rates = section.OptionalSection("enrollment_rate", ConfigKeys.EnrollmentRate);
        return new EnrollmentConfig
        {
            NeedsToken = section.Optional("enrollment", NeedsToken)?.Value ?? above.NeedsToken,
            Allow = section.OptionalList("enrollment_allow", Allow) ?? above.Allow,
            SourceRate = rates is null ? above.SourceRate : rates.Optional("source", Rate)?.Value,
            FleetRate = rates is null ? above.FleetRate : rates.Optional("fleet", Rate)?.Value,
        };
    }
}
