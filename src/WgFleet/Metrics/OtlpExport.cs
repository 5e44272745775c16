using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using WgFleet.Hosting;

namespace WgFleet.Metrics;

/// <summary>Sends the metrics to an OpenTelemetry collector, every minute and once more at the end.</summary>
internal sealed class OtlpExport : IDisposable
{
    private readonly MeterProvider _provider;

    /// <param name="endpoint">Where they are posted as protobuf, the path included.</param>
    public OtlpExport(Uri endpoint) => _provider = Sdk.CreateMeterProviderBuilder()
        .ConfigureResource(resource => resource.AddService("wg-fleet", serviceVersion: ProductInfo.Version))
        .AddMeter(FleetMeter.Name)
        .AddOtlpExporter(options => (options.Protocol, options.Endpoint) = (OtlpExportProtocol.HttpProtobuf, endpoint))
        .Build();

    /// <summary>Sends what there is now; false if it was not taken.</summary>
    public bool Flush() => _provider.ForceFlush(10_000);

    public void Dispose() => _provider.Dispose();
}
