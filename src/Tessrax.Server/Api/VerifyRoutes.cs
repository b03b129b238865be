using System.Buffers.Text;
using Tessrax.Keys;
using Tessrax.Server.Access;
using Tessrax.Verification;

namespace Tessrax.Server.Api;

/// <summary>Checks what a stranger gave to somebody, against a trust root of theirs.</summary>
internal static class VerifyRoutes
{
    private const int MostTrust = 6 * 1024;

    public static IEnumerable<ApiRoute> All { get; } =
    [
        new ApiRoute("POST", "/v1/verify", Role.Reader, Verify)
        {
            Summary =
                "Checks a bundle, a proof of a search or a receipt, stage by stage. 200 whether it holds or not: the verdict says. Without trust nothing is trusted, this server's own ledger neither",
            Body = "bundle",
            Answer = "verdict",
            // Each may hold, and be read from, 64 MiB.
            AtOnce = 2,
            Limit = new BodyLimit(Bundle.MaxBytes, BodyLimit.Json),
            Query = [ApiParameter.Text("trust", "base64url of a trust root, or of the log's vkey", MostTrust)],
            Errors = [ErrorCodes.BadTrustRoot, ErrorCodes.Overloaded],
        },
    ];

    private static ValueTask<ApiAnswer> Verify(ApiCall call)
    {
        TrustRoot? trust = call.Query.Text("trust") is { } text ? ReadTrust(text) : null;
        Verdict verdict = FileVerifier.Verify(call.Body.Span, trust, call.Environment.Clock);
        return new(new JsonAnswer(verdict.ToJson()));
    }

    private static TrustRoot ReadTrust(string text) =>
        Base64Url.IsValid(text)
            ? TrustRoot.OfFile(Base64Url.DecodeFromChars(text))
            : throw ErrorCodes.BadTrustRoot.Because("the parameter trust is not base64url");
}
