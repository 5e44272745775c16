using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using WgFleet.Hosting;

namespace WgFleet.Metrics;

/// <summary>Sends the metrics to an OpenTelemetry collector every minute, and once more at the end.</summary>
internal sealed class OtlpExport : IDisposable
{
    private readonly MeterProvider _provider;

    /// <param name="endpoint">The URL that they are posted to as protobuf, with its path.</param>
    public OtlpExport(Uri endpoint) => _provider = Sdk.CreateMeterProviderBuilder()
        .ConfigureResource(resource => resource.AddService("wg-fleet", serviceVersion: ProductInfo.Version))
        .AddMeter(FleetMeter.Name)
        .AddOtlpExporter(options => (options.Protocol, options.Endpoint) = (OtlpExportProtocol.HttpProtobuf, endpoint))
        .Build();

    /// <summary>Sends the current metrics; false if the collector did not accept them.</summary>
    public bool Flush() => _provider.ForceFlush(10_000);

    public void Dispose() => _provider.Dispose();
}
