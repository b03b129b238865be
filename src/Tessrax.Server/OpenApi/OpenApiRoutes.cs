using System.IO.Compression;
using Scalar.AspNetCore;
using Tessrax.Server.Access;
using Tessrax.Server.Api;

namespace Tessrax.Server.OpenApi;

/// <summary>What the server can be asked, for programs and for people.</summary>
internal static class OpenApiRoutes
{
    private const string StyleType = "text/css; charset=utf-8";
    private const string ScriptType = "text/javascript; charset=utf-8";

    // Scalar's script makes these style elements and attributes, and no other: whatever else wants to be drawn is not. With another version of it there may be others,
    // which a test finds out.
    private static readonly string[] StyleElements =
    [
        "sha256-St8O8YusCkYeC9X2ma3nlCP1u4+35DgBPOzt1kBwxsM=",
        "sha256-l/2OpPg0d+2VLTLgwjf5mQo2CYwHDEqdj5TjbfEyVJI=",
        "sha256-T13Uev3xCax2N28XaoAE8DOzQZKvPp7ZQVAi1iRREjo=",
    ];

    private static readonly string[] StyleAttributes =
    [
        "sha256-im4bR8m0i9OTwS6FwAG4MKlk4URQdZkDu1Tx9kDpKNw=",
        "sha256-v6FGbsebOHJ39qjwyswuNyhVylA7DHti/pqoiIvwbXQ=",
        "sha256-gLedmWUKlX4duI188UZWTf2DMrVwlDK3EWH+9mk9wdE=",
        "sha256-LGszelMz0+v6/EfEtNYVFCYH7w05IKqvd9gau6UXRbE=",
    ];

    private static readonly Lazy<byte[]> Document = new(() => OpenApiDocument.Of(ApiRoutes.All).ToCanonicalBytes());
    private static readonly Lazy<byte[]> Page = new(() => Embedded.Read("api.html"));
    private static readonly Lazy<byte[]> Style = new(() => Embedded.Read("api.css"));
    private static readonly Lazy<byte[]> Start = new(() => Embedded.Read("api.js"));
    private static readonly Lazy<byte[]> Viewer = new(ReadViewer);

    public static IEnumerable<ApiRoute> All { get; } =
    [
        new ApiRoute("GET", "/openapi.json", Role.Nobody, static _ => Json(Document.Value))
        {
            Summary = "This document",
            Answer = "openapi",
            Cache = CacheRule.Minute,
        },
        new ApiRoute("GET", "/docs/api", Role.Nobody, static _ => Html())
        {
            Summary = "A page that shows this document to people",
            AnswerTypes = [BytesAnswer.Html],
            Cache = CacheRule.Minute,
        },
        new ApiRoute(
            "GET",
            "/docs/api/start.css",
            Role.Nobody,
            static _ => new(new BytesAnswer(Style.Value, StyleType))
        )
        {
            Summary = "Part of that page",
            AnswerTypes = [StyleType],
            Cache = CacheRule.Minute,
        },
        new ApiRoute("GET", "/docs/api/start.js", Role.Nobody, static _ => Script(Start.Value))
        {
            Summary = "Part of that page",
            AnswerTypes = [ScriptType],
            Cache = CacheRule.Minute,
        },
        new ApiRoute("GET", "/docs/api/scalar.js", Role.Nobody, static _ => Script(Viewer.Value))
        {
            Summary = "Part of that page: Scalar, as its package has it",
            AnswerTypes = [ScriptType],
            Cache = CacheRule.Minute,
        },
    ];

    /// <summary>What the page may load and run: what is served here, and nothing from elsewhere.</summary>
    public static string Policy { get; } =
        $"default-src 'none'; script-src 'self'; style-src-elem 'self' {Quoted(StyleElements)}; "
        + $"style-src-attr 'unsafe-hashes' {Quoted(StyleAttributes)}; "
        + "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

    private static string Quoted(string[] hashes) => string.Join(' ', hashes.Select(hash => $"'{hash}'"));

    private static ValueTask<ApiAnswer> Json(byte[] document) => new(new BytesAnswer(document, BodyLimit.Json));

    private static ValueTask<ApiAnswer> Script(byte[] script) => new(new BytesAnswer(script, ScriptType));

    private static ValueTask<ApiAnswer> Html() =>
        new(
            new BytesAnswer(Page.Value, BytesAnswer.Html)
            {
                Headers = [("Content-Security-Policy", Policy), ("Referrer-Policy", "no-referrer")],
            }
        );

    // The package holds it packed.
    private static byte[] ReadViewer()
    {
        Stream packed = typeof(ScalarOptions).Assembly.GetManifestResourceStream("ScalarStaticAssets.scalar.js")!;
        return Embedded.Read(new GZipStream(packed, CompressionMode.Decompress));
    }
}
