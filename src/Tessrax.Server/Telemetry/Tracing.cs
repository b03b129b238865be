using OpenTelemetry;
using OpenTelemetry.Resources;
using Tessrax.Node;
using Tessrax.Node.Logging;

namespace Tessrax.Server.Telemetry;

/// <summary>Sends metrics and traces to a collector (OTLP), if the environment names one as OpenTelemetry has it: <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.</summary>
internal static class Tracing
{
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // ASP.NET Core's own: a span for each request, with its route, method and status.
    private const string Requests = "Microsoft.AspNetCore";

    public static void AddTo(WebApplicationBuilder builder, NodeEnvironment environment)
    {
        if (Environment.GetEnvironmentVariable(EndpointVariable) is not { Length: > 0 } endpoint)
            return;
        // The exporter asks the configuration, which holds nothing else of the surroundings.
        builder.Configuration.AddInMemoryCollection(
            Environment
                .GetEnvironmentVariables()
                .Keys.Cast<string>()
                .Where(name => name.StartsWith("OTEL_", StringComparison.Ordinal))
                .Select(name => new KeyValuePair<string, string?>(name, Environment.GetEnvironmentVariable(name)))
        );
        builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("tessraxd"))
            .WithMetrics(metrics => metrics.AddMeter(Meters.Name))
            .WithTracing(tracing => tracing.AddSource(Requests))
            .UseOtlpExporter();
        environment.Logger.TelemetrySent(endpoint);
    }
}
