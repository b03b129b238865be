using Tessrax.Server.Access;
using Tessrax.Server.Static;
using Tessrax.Web;
using Tessrax.Web.Pages;

namespace Tessrax.Server.Api;

/// <summary>The verifier that runs in a browser: its page, and the files that the page loads.</summary>
internal static class VerifierRoutes
{
    public static IEnumerable<ApiRoute> All { get; } =
    [
        new ApiRoute("GET", "/verify", Role.Reader, Page)
        {
            Summary = "Verify in the browser: a bundle of this ledger or of any other, without this server's word",
            AnswerTypes = [BytesAnswer.Html],
            Cache = CacheRule.Fresh,
            Query = [ApiParameter.Integer("entry", "the receipt whose bundle is fetched", 0, QueryText.MaxInteger)],
            Errors = [ErrorCodes.NoSuchPage],
        },
        new ApiRoute("GET", "/verifier/{hash}/{*path}", Role.Nobody, File)
        {
            Summary = "The verifier's files, for ever the same",
            AnswerTypes = FileFolder.ContentTypes,
            Cache = CacheRule.Immutable,
            Errors = [ErrorCodes.NoSuchPage],
        },
    ];

    // The script is read by the page, and asked for here so that what is no number is refused.
    private static async ValueTask<ApiAnswer> Page(ApiCall call)
    {
        _ = call.Query.OptionalInteger("entry");
        VerifierFiles files = call.Get<VerifierFiles>();
        if (!files.AreThere)
            throw ErrorCodes.NoSuchPage.Because(
                "the verifier for browsers is not installed beside this server",
                "whoever runs it makes it with eng/wasm.sh verifier, and names it with --verifier DIR"
            );
        return await PageAnswers.Verifier<VerifyPage>(
            PageAnswers.Site(call),
            ("Body", files.Page),
            ("Script", files.PathOf("verify.js")),
            ("Style", files.PathOf("verify.css"))
        );
    }

    private static ValueTask<ApiAnswer> File(ApiCall call)
    {
        AssetFile file =
            call.Get<VerifierFiles>().Find(call.Part("hash"), call.Part("path"))
            ?? throw ErrorCodes.NoSuchPage.Because(
                $"the verifier has no file {call.Part("path")} of that making",
                "load the page again: it refers to the present one"
            );
        return new(PageAnswers.Of(call, file, PageAnswers.VerifierHeaders));
    }
}
