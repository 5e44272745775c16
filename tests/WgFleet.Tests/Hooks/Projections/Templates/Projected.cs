using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Hooks.Projections.Templates;
using WgFleet.Linux;

namespace WgFleet.Tests.Hooks.Projections.Templates;

/// <summary>A template's projection and the fleets it is shown, without an engine: a test runs it by hand.</summary>
internal sealed class Projected
{
    public static readonly Fleet Alpha = new("alpha", "wg_alpha", IPAddress.Parse("fd00:1::ffff"), IPNetwork.Parse("fd00:1::/64"), 51821);
    public static readonly Fleet Beta = new("beta", "wg_beta", IPAddress.Parse("fd00:2::ffff"), IPNetwork.Parse("fd00:2::/64"), 51822);

    private readonly TemplateProjection _projection;
    private readonly ProjectionContext _context;

    public Projected(HookConfig hook)
    {
        _projection = new TemplateProjection(hook);
        _context = new ProjectionContext
        {
            HookName = hook.Name,
            Settings = hook.Settings,
            Logger = NullLogger.Instance,
            Files = new FileReplacer(TimeProvider.System),
        };
    }

    /// <summary>Of a template in a file beside the output, or a shipped one by its name.</summary>
    public Projected(string template, string path, AfterWriteConfig? afterWrite = null)
        : this(new HookConfig { Name = "mirror", Kind = new TemplateConfig { File = template, Path = path, AfterWrite = afterWrite } })
    {
    }

    public List<Client> Clients { get; } = [];

    public IReadOnlyList<Fleet> Fleets { get; set; } = [Alpha, Beta];

    public long Sequence { get; set; } = 100;

    public FleetState State => new(Sequence, "example.test", Fleets, Clients);

    public static Client Client(string fleet, int number, string? hostname, string requestAddress = "192.0.2.1") => new(
        fleet,
        IPAddress.Parse($"fd00:{(fleet == "beta" ? 2 : 1)}::{number:x}"),
        hostname,
        hostname is null ? null : $"{hostname}.{fleet}.example.test",
        Convert.ToBase64String(Enumerable.Repeat((byte)number, 32).ToArray()),
        requestAddress,
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    /// <summary>Adds a client after a change of the state's number.</summary>
    public Client Add(string fleet, int number, string? hostname, string requestAddress = "192.0.2.1")
    {
        Sequence++;
        var client = Client(fleet, number, hostname, requestAddress);
        Clients.Add(client);
        return client;
    }

    public Task RunAsync() => _projection.ProjectAsync(State, _context, TestContext.Current.CancellationToken).AsTask();

    /// <summary>Runs it; what it fails with.</summary>
    public async Task<string> FailAsync() => (await Should.ThrowAsync<Exception>(RunAsync)).Message;
}
