using Microsoft.AspNetCore.Components;
using Tessrax.Canonical;
using Tessrax.Node.Serving;
using Tessrax.Server.Access;
using Tessrax.Web;
using Tessrax.Web.Data;
using Tessrax.Web.Pages;

namespace Tessrax.Server.Api;

/// <summary>Pages for people as answers: what a browser may do with them, and what every one of them shows.</summary>
internal static class PageAnswers
{
    /// <summary>No script and no style but this server's files, no frame, no form to elsewhere: whatever stands in a payload can do nothing.</summary>
    public const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'";

    private static readonly (string, string)[] Headers =
    [
        ("Content-Security-Policy", Policy),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ];

    /// <summary>What every page shows, before anything of the ledger was read.</summary>
    public static SiteFacts Site(ApiCall call) => Site(call.Http, call.Who);

    /// <summary>A page.</summary>
    /// <typeparam name="T">Which.</typeparam>
    /// <param name="site">What every page shows.</param>
    /// <param name="parameters">What this one shows beside it.</param>
    public static async Task<ApiAnswer> Of<T>(SiteFacts site, params (string, object?)[] parameters)
        where T : IComponent =>
        new BytesAnswer(await PageWriter.Write<T>([("Site", site), .. parameters]), BytesAnswer.Html)
        {
            Size = site.Size,
            Headers = Headers,
        };

    /// <summary>Whether a refusal is for a person to read: a browser asked, for none of the programs' addresses, and what it asked shows a ledger.</summary>
    public static bool IsForPeople(HttpContext http) =>
        http.RequestServices.GetService<ServedLedger>() is not null
        && !http.Request.Path.StartsWithSegments("/v1")
        && http.Request.Headers.Accept.Any(line => (line ?? "").Contains("text/html", StringComparison.Ordinal));

    /// <summary>Writes a refusal for a person; the status and all headers but those of the page are set.</summary>
    public static async Task Write(HttpContext http, TessraxException problem, int status)
    {
        byte[] page = await PageWriter.Write<FaultPage>(
            ("Site", Site(http, http.Features.Get<Principal>())),
            ("Status", status),
            ("Code", problem.Code.ToString()),
            ("Title", problem.Code.Title),
            ("Detail", problem.Message),
            (
                "Again",
                http.Response.Headers.RetryAfter is [{ } seconds] && HttpMethods.IsGet(http.Request.Method)
                    ? seconds
                    : null
            ),
            ("Hint", status == StatusCodes.Status401Unauthorized ? SignInHint : problem.Hint)
        );
        foreach ((string name, string value) in Headers)
            http.Response.Headers[name] = value;
        http.Response.ContentType = BytesAnswer.Html;
        http.Response.ContentLength = page.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
            await http.Response.Body.WriteAsync(page, http.RequestAborted);
    }

    private const string SignInHint =
        "a browser signs in by a link that whoever has an access key gets: POST /v1/links, or tessraxctl serve link URL --key FILE";

    private static SiteFacts Site(HttpContext http, Principal? who) =>
        new(
            http.Request.PathBase.Value ?? "",
            http.RequestServices.GetRequiredService<ServedLedger>().Directory.Origin,
            UtcTime.Now(http.RequestServices.GetRequiredService<TimeProvider>())
        )
        {
            Url = $"{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}",
            Who = who is { IsCookie: true } ? who.Name : null,
        };
}
