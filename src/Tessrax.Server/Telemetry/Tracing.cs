using System.Diagnostics;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Tessrax.Node;
using Tessrax.Node.Logging;

namespace Tessrax.Server.Telemetry;

/// <summary>Sends metrics and traces to a collector (OTLP), if the environment names one as OpenTelemetry has it: <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.</summary>
internal static class Tracing
{
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // ASP.NET Core's own: a span for each request.
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
            // Each by itself: together they would send what is logged, too.
            .WithMetrics(metrics => metrics.AddMeter(Meters.Name).AddOtlpExporter())
            .WithTracing(tracing => tracing.AddSource(Requests).AddOtlpExporter());
        environment.Logger.TelemetrySent(endpoint);
    }

    /// <summary>Puts into the span of a request what the conventions of OpenTelemetry ask for (HTTP server spans), but for what was sent: a link that signs in is a path.</summary>
    /// <param name="http">The request, answered.</param>
    /// <param name="route">The address as it is declared.</param>
    public static void Tell(HttpContext http, string route)
    {
        if (Activity.Current is not { IsAllDataRequested: true } span)
            return;
        int status = http.Response.StatusCode;
        // Whoever asks may send any word as a method.
        string method = http.GetEndpoint() is null ? "HTTP" : http.Request.Method;
        span.DisplayName = $"{method} {route}";
        span.SetTag("http.request.method", method);
        span.SetTag("http.route", route);
        span.SetTag("http.response.status_code", status);
        if (status >= StatusCodes.Status500InternalServerError)
            span.SetStatus(ActivityStatusCode.Error);
    }
}
