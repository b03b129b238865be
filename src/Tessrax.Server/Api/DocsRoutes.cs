using Tessrax.Server.Access;
using Tessrax.Server.Static;
using Tessrax.Web;

namespace Tessrax.Server.Api;

/// <summary>The documentation, for whoever is at the server without any other network.</summary>
internal static class DocsRoutes
{
    public static IEnumerable<ApiRoute> All { get; } =
    [
        new ApiRoute("GET", "/docs", Role.Nobody, Begin)
        {
            Summary = "On to the documentation, or to the page of the API where that is all there is",
            Status = 303,
            Cache = CacheRule.Minute,
        },
        new ApiRoute("GET", "/docs/{*path}", Role.Nobody, File)
        {
            Summary = "The documentation's pages and files",
            AnswerTypes = FileFolder.ContentTypes,
            Cache = CacheRule.Minute,
            Errors = [ErrorCodes.NoSuchPage],
        },
    ];

    private static ValueTask<ApiAnswer> Begin(ApiCall call)
    {
        string first = call.Get<DocsFiles>().AreThere ? DocsFiles.PageName : "api";
        return new(new EmptyAnswer(StatusCodes.Status303SeeOther) { Location = $"{call.Base}/docs/{first}" });
    }

    private static ValueTask<ApiAnswer> File(ApiCall call)
    {
        DocsFiles files = call.Get<DocsFiles>();
        AssetFile file =
            files.At(call.Part("path"))
            ?? throw (
                files.AreThere
                    ? ErrorCodes.NoSuchPage.Because(
                        $"the documentation has no {call.Part("path")}",
                        "begin at /docs: its search knows every page"
                    )
                    : ErrorCodes.NoSuchPage.Because(
                        "the documentation is not installed beside this server",
                        "whoever runs it makes it with eng/docs.sh, and names it with --docs DIR; /docs/api is there in any case"
                    )
            );
        return new(PageAnswers.Of(call, file, PageAnswers.Headers));
    }
}
