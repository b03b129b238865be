using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tessrax.Node;
using Tessrax.Server.Telemetry;

namespace Tessrax.Server.Host;

/// <summary>Kestrel with our limits, and nothing else: what every server of this program begins with.</summary>
internal static class BareKestrel
{
    /// <summary>A server to be built. Nothing of the surroundings counts: no environment variable, no appsettings.json.</summary>
    public static WebApplicationBuilder NewBuilder()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ApplicationName = "tessraxd", ContentRootPath = AppContext.BaseDirectory }
        );
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Limit);
        // Signals are the program's business: a server in a test's process must not answer them.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        return builder;
    }

    /// <summary>The same, which listens and tells of its requests as it was told to.</summary>
    /// <exception cref="TessraxException">As <see cref="EndpointFile.Configure"/>.</exception>
    public static WebApplicationBuilder NewBuilder(
        ServerOptions options,
        NodeEnvironment environment,
        string? node = null
    )
    {
        WebApplicationBuilder builder = NewBuilder();
        if (options.ConfigFile is { } file)
            EndpointFile.Configure(builder, file);
        else
            builder.WebHost.UseUrls([.. options.Urls]);
        Tracing.AddTo(builder, environment, node);
        return builder;
    }

    /// <summary>Where a server that was started listens; the first address of several.</summary>
    public static Uri AddressOf(WebApplication app) =>
        new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    // Slow and greedy clients are cut off long before they keep others from being served.
    private static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        KestrelServerLimits limits = kestrel.Limits;
        limits.MaxConcurrentConnections = 2000;
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
        limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(5));
        limits.MinResponseDataRate = new MinDataRate(240, TimeSpan.FromSeconds(5));
        limits.MaxRequestLineSize = 8 * 1024;
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestHeaderCount = 64;
        limits.MaxRequestBodySize = 64 * 1024;
        limits.Http2.MaxStreamsPerConnection = 64;
    }
}

/// <summary>A host that ends when it is told to, and by nothing else.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
