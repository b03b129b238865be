using Microsoft.AspNetCore.Components;
using Tessrax.Canonical;
using Tessrax.Node.Serving;
using Tessrax.Server.Access;
using Tessrax.Server.Host;
using Tessrax.Server.Static;
using Tessrax.Web;
using Tessrax.Web.Data;
using Tessrax.Web.Pages;

namespace Tessrax.Server.Api;

/// <summary>Pages for people as answers: what a browser may do with them, and what every one of them shows.</summary>
internal static class PageAnswers
{
    /// <summary>No script and no style but this server's files, no frame, no form to elsewhere: whatever stands in a payload can do nothing.</summary>
    public static string Policy { get; } = PolicyFor("script-src 'self'");

    /// <summary>The same where the verifier runs: it compiles WebAssembly, and works in a thread of its own.</summary>
    public static string VerifierPolicy { get; } = PolicyFor("script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'");

    /// <summary>What goes with every page, and with files that may be opened as one.</summary>
    public static IReadOnlyList<(string, string)> Headers { get; } = HeadersWith(Policy);

    /// <summary>What goes with the verifier's page and with each of its files: a worker goes by its own.</summary>
    public static IReadOnlyList<(string, string)> VerifierHeaders { get; } = HeadersWith(VerifierPolicy);

    /// <summary>What every page shows, before anything of the ledger was read.</summary>
    public static SiteFacts Site(ApiCall call) => Site(call.Http, call.Who);

    /// <summary>A page.</summary>
    /// <typeparam name="T">Which.</typeparam>
    /// <param name="site">What every page shows.</param>
    /// <param name="parameters">What this one shows beside it.</param>
    public static async Task<ApiAnswer> Of<T>(SiteFacts site, params (string, object?)[] parameters)
        where T : IComponent => await Of<T>(Headers, site, parameters);

    /// <summary>The page of the verifier.</summary>
    /// <inheritdoc cref="Of{T}(SiteFacts, ValueTuple{string, object?}[])"/>
    public static async Task<ApiAnswer> Verifier<T>(SiteFacts site, params (string, object?)[] parameters)
        where T : IComponent => await Of<T>(VerifierHeaders, site, parameters);

    /// <summary>A file that a page refers to, packed as whoever asks can take it.</summary>
    /// <param name="call">The request.</param>
    /// <param name="file">The file; what it is packed as may be empty, if it is not.</param>
    /// <param name="headers">What goes with it.</param>
    public static ApiAnswer Of(ApiCall call, AssetFile file, params IReadOnlyList<(string, string)> headers)
    {
        HttpRequest request = call.Http.Request;
        (ReadOnlyMemory<byte> bytes, string? packed) =
            file.Brotli.Length > 0 && AcceptedEncoding.Takes(request, "br") ? (file.Brotli, "br")
            : file.Gzip.Length > 0 && AcceptedEncoding.Takes(request, "gzip") ? (file.Gzip, "gzip")
            : (file.Bytes, null);
        (string, string)[] packing = packed is null ? [] : [("Content-Encoding", packed)];
        return new BytesAnswer(bytes, file.ContentType)
        {
            Headers = [.. headers, ("Vary", "Accept-Encoding"), .. packing],
        };
    }

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
            ("Hint", HintFor(problem, status))
        );
        foreach ((string name, string value) in Headers)
            http.Response.Headers[name] = value;
        http.Response.ContentType = BytesAnswer.Html;
        http.Response.ContentLength = page.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
            await http.Response.Body.WriteAsync(page, http.RequestAborted);
    }

    private static async Task<ApiAnswer> Of<T>(
        IReadOnlyList<(string, string)> headers,
        SiteFacts site,
        (string, object?)[] parameters
    )
        where T : IComponent =>
        new BytesAnswer(await PageWriter.Write<T>([("Site", site), .. parameters]), BytesAnswer.Html)
        {
            Size = site.Size,
            Headers = headers,
        };

    private static string PolicyFor(string scripts) =>
        $"default-src 'none'; {scripts}; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'";

    private static (string, string)[] HeadersWith(string policy) =>
        [
            ("Content-Security-Policy", policy),
            ("Referrer-Policy", "no-referrer"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
        ];

    // What a program reads a document for, or whoever has the ledger's directory asks of it, a person looks for on the pages.
    private static string HintFor(TessraxException problem, int status) =>
        status == StatusCodes.Status401Unauthorized ? SignInHint
        : status == StatusCodes.Status404NotFound && problem.Hint == problem.Code.Hint ? LookHint
        : problem.Hint;

    private const string LookHint =
        "look whether the address was copied whole, or begin at the ledger's first page: what there is can be found from there";

    private const string SignInHint =
        "a browser signs in by a link that whoever has an access key gets: POST /v1/links, or tessraxctl serve link URL --key FILE";

    private static SiteFacts Site(HttpContext http, Principal? who) =>
        new(
            http.Request.PathBase.Value ?? "",
            http.RequestServices.GetRequiredService<ServedLedger>().Directory.Origin,
            UtcTime.Now(http.RequestServices.GetRequiredService<TimeProvider>())
        )
        {
            Url = http.RequestServices.GetRequiredService<PublicAddress>().Origin(http.Request) + http.Request.PathBase,
            Who = who is { IsCookie: true } ? who.Name : null,
            HasFiles = http.RequestServices.GetService<IOwner>() is null,
            Verifies = http.RequestServices.GetRequiredService<VerifierFiles>().AreThere,
        };
}
