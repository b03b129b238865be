using System.Buffers.Text;
using System.Text;
using Microsoft.Net.Http.Headers;
using Tessrax.Canonical;
using Tessrax.Server.Access;
using Tessrax.Server.Host;
using Tessrax.Web.Pages;

namespace Tessrax.Server.Api;

/// <summary>Sessions of programs, and sign-in of browsers.</summary>
internal static class SessionRoutes
{
    private const string FormType = "application/x-www-form-urlencoded";

    public static IEnumerable<ApiRoute> All { get; } =
    [
        new ApiRoute("POST", "/v1/sessions", Role.AnyKey, Open)
        {
            Summary =
                "Opens a session: later requests carry a MAC instead of a signature. Over TLS or from this machine only",
            Answer = "session",
            Status = 201,
            Errors = [ErrorCodes.NotPrivate, ErrorCodes.Overloaded],
        },
        new ApiRoute("DELETE", "/v1/sessions/current", Role.AnyKey, End)
        {
            Summary = "Ends the session that the request belongs to",
            Status = 204,
            Errors = [ErrorCodes.RequestRefused],
        },
        new ApiRoute("POST", "/v1/links", Role.AnyKey, Link)
        {
            Summary = "A link that signs a browser in, once, within five minutes; it may read then",
            Answer = "link",
            Status = 201,
            Errors = [ErrorCodes.Overloaded],
        },
        new ApiRoute("GET", "/sign-in/{code}", Role.Nobody, Ask)
        {
            Summary = "A page with one button, so that whatever looks at links beforehand uses none up",
            AnswerTypes = [BytesAnswer.Html],
        },
        new ApiRoute("POST", "/sign-in", Role.Nobody, SignIn)
        {
            Summary = "Uses a link's code up: a cookie, and on to the first page",
            Status = 303,
            Limit = new BodyLimit(256, FormType),
            Errors = [ErrorCodes.UnknownAccessKey],
        },
        new ApiRoute("POST", "/sign-out", Role.Nobody, SignOut)
        {
            Summary = "Ends a browser's stay, and goes on to the first page",
            Status = 303,
            Limit = new BodyLimit(256, FormType),
        },
    ];

    private static ValueTask<ApiAnswer> Open(ApiCall call)
    {
        call.Get<PublicAddress>().RequirePrivate(call.Http);
        OpenedSession opened = call.Get<Sessions>().Open(call.Who.Key!.Value);
        JsonValue session = JsonValue.Object(
            ("session", Base64Url.EncodeToString(opened.Id)),
            ("secret", Convert.ToBase64String(opened.Secret)),
            ("expires_at", opened.ExpiresAt.ToString())
        );
        return new(new JsonAnswer(session, StatusCodes.Status201Created));
    }

    private static ValueTask<ApiAnswer> End(ApiCall call)
    {
        call.Get<Sessions>()
            .End(
                call.Who.Session
                    ?? throw ErrorCodes.RequestRefused.Because(
                        "the request was signed by its key and belongs to no session"
                    )
            );
        return new(new EmptyAnswer());
    }

    private static ValueTask<ApiAnswer> Link(ApiCall call)
    {
        PublicAddress url = call.Get<PublicAddress>();
        url.RequirePrivate(call.Http);
        (string code, UtcTime until) = call.Get<SignIns>().NewCode(call.Who.Name, call.Who.Key);
        string link = $"{url.Origin(call.Http.Request)}{call.Base}/sign-in/{code}";
        return new(
            new JsonAnswer(
                JsonValue.Object(("link", link), ("expires_at", until.ToString())),
                StatusCodes.Status201Created
            )
        );
    }

    private static async ValueTask<ApiAnswer> Ask(ApiCall call) =>
        await PageAnswers.Of<SignInPage>(PageAnswers.Site(call), ("Code", call.Part("code")));

    private static ValueTask<ApiAnswer> SignIn(ApiCall call)
    {
        PublicAddress url = call.Get<PublicAddress>();
        url.RequireOwnSite(call.Http.Request);
        url.RequirePrivate(call.Http);
        string form = Encoding.UTF8.GetString(call.Body.Span);
        string code = form.StartsWith("code=", StringComparison.Ordinal) ? form["code=".Length..] : "";
        string cookie =
            call.Get<SignIns>().Redeem(code)
            ?? throw ErrorCodes.UnknownAccessKey.Because(
                "the link was used already, is older than five minutes, or the key that asked for it may not read any more",
                "ask for another one: tessraxctl serve link URL --key FILE"
            );
        return new(ToFirstPage(call, Cookie(url.IsSecure(call.Http.Request), cookie, SignIns.CookieLife)));
    }

    // An answer without a cookie leaves the browser's own alone: it goes with no request that another site's page makes.
    private static ValueTask<ApiAnswer> SignOut(ApiCall call)
    {
        PublicAddress url = call.Get<PublicAddress>();
        url.RequireOwnSite(call.Http.Request);
        bool isSecure = url.IsSecure(call.Http.Request);
        bool hasEnded =
            call.Http.Request.Cookies[AccessGate.CookieName(isSecure)] is { } cookie && call.Get<SignIns>().End(cookie);
        return new(ToFirstPage(call, hasEnded ? Cookie(isSecure, "", TimeSpan.Zero) : null));
    }

    private static EmptyAnswer ToFirstPage(ApiCall call, SetCookieHeaderValue? cookie) =>
        new(StatusCodes.Status303SeeOther)
        {
            Location = $"{call.Base}/",
            Headers = cookie is null ? [] : [("Set-Cookie", cookie.ToString())],
        };

    private static SetCookieHeaderValue Cookie(bool isSecure, string value, TimeSpan life) =>
        new(AccessGate.CookieName(isSecure), value)
        {
            HttpOnly = true,
            SameSite = Microsoft.Net.Http.Headers.SameSiteMode.Strict,
            Path = "/",
            MaxAge = life,
            Secure = isSecure,
        };
}
