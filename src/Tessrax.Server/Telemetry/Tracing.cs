using System.Diagnostics;
using OpenTelemetry;
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

    private const string Method = "http.request.method";
    private const string Route = "http.route";
    private const string Status = "http.response.status_code";
    private const string Ledger = "tessrax.ledger";
    private const string Node = "tessrax.node";

    // As many ledgers and addresses as one process may well serve.
    private const int MostSeries = 20_000;

    // All that a span says of its request.
    private static readonly string[] Told = [Method, Route, Status, Ledger, Node];

    /// <param name="builder">The server whose requests are told of.</param>
    /// <param name="environment">The log.</param>
    /// <param name="node">What the node of a cluster is called; null for a server of its own.</param>
    public static void AddTo(WebApplicationBuilder builder, NodeEnvironment environment, string? node)
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
            .ConfigureResource(resource => resource.AddService("tessraxd", serviceInstanceId: node))
            // Each by itself: together they would send what is logged, too.
            .WithMetrics(metrics =>
                metrics
                    .AddMeter(Meters.Name)
                    .AddView("tessrax.http.*", new MetricStreamConfiguration { CardinalityLimit = MostSeries })
                    .AddOtlpExporter()
            )
            .WithTracing(tracing => tracing.AddSource(Requests).AddProcessor(new OwnTags()).AddOtlpExporter());
        environment.Logger.TelemetrySent(endpoint);
    }

    // Takes from a span what others put in before it is sent: .NET 11 puts in paths.
    private sealed class OwnTags : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data)
        {
            string[] others = [.. data.TagObjects.Select(tag => tag.Key).Where(name => !Told.Contains(name))];
            foreach (string name in others)
                data.SetTag(name, null);
        }
    }

    /// <summary>Puts into the span of a request what the conventions of OpenTelemetry ask for (HTTP server spans), but for what was sent: a link that signs in is a path.</summary>
    /// <param name="http">The request, answered.</param>
    /// <param name="route">The address as it is declared.</param>
    /// <param name="ledger">What the ledger is called; null if it is about none.</param>
    /// <param name="node">What the node of a cluster is called; null for a server of its own.</param>
    public static void Tell(HttpContext http, string route, string? ledger, string? node)
    {
        if (Activity.Current is not { IsAllDataRequested: true } span)
            return;
        int status = http.Response.StatusCode;
        // Whoever asks may send any word as a method.
        string method = http.GetEndpoint() is null ? "HTTP" : http.Request.Method;
        span.DisplayName = $"{method} {route}";
        span.SetTag(Method, method);
        span.SetTag(Route, route);
        span.SetTag(Status, status);
        span.SetTag(Ledger, ledger);
        span.SetTag(Node, node);
        if (status >= StatusCodes.Status500InternalServerError)
            span.SetStatus(ActivityStatusCode.Error);
    }
}
