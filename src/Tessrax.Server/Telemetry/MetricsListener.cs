using System.Net;
using Tessrax.Server.Api;
using Tessrax.Server.Host;

namespace Tessrax.Server.Telemetry;

/// <summary>Tells what is measured at an address of its own, to whoever reaches it: a scraper signs nothing. Nothing else is there.</summary>
internal static class MetricsListener
{
    /// <summary>Where on that address.</summary>
    public const string Path = "/metrics";

    /// <summary>Starts it; on return it answers.</summary>
    /// <returns>Null if it is not asked for.</returns>
    public static async Task<WebApplication?> StartAsync(ServerOptions options, Meters meters)
    {
        if (options.MetricsUrl is not { } url)
            return null;
        WebApplicationBuilder builder = BareKestrel.NewBuilder();
        builder.WebHost.UseUrls(url);
        WebApplication app = builder.Build();
        app.Run(http => Answer(http, options, meters));
        try
        {
            await app.StartAsync();
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>All that is measured, as an answer.</summary>
    public static async Task Write(HttpContext http, Meters meters)
    {
        byte[] body = meters.Text.Write();
        http.Response.ContentType = MetricsText.ContentType;
        http.Response.Headers.CacheControl = "no-store";
        AnswerWriter.Guard(http.Response, isForOtherSites: false);
        http.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    private static async Task Answer(HttpContext http, ServerOptions options, Meters meters)
    {
        try
        {
            // A page of another site may have a name point here, and no address.
            if (!IPAddress.TryParse(http.Request.Host.Host.Trim('[', ']'), out _))
                RequestFrame.RequireHost(http, options);
            if (http.Request.Path != Path)
                throw ErrorCodes.NoSuchPage.Because($"there is nothing here but {Path}");
            if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
                throw ErrorCodes.WrongMethod.Because($"{Path} does not take this method");
            await Write(http, meters);
        }
        catch (TessraxException e)
        {
            await Problem.Write(http, e);
        }
    }
}
