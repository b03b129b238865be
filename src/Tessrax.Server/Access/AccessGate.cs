using Microsoft.AspNetCore.Http.Features;
using Tessrax.Hashing;
using Tessrax.Server.Api;
using Tessrax.Server.Host;

namespace Tessrax.Server.Access;

/// <summary>Says who sends a request, and whether they may.</summary>
/// <param name="anonymousRead">Whether whoever comes may read.</param>
/// <param name="isLocal">Whether the server listens to this machine alone, and lets it read.</param>
/// <param name="url">What clients call the server.</param>
/// <param name="tokens">Judges request tokens.</param>
/// <param name="sessions">Judges sessions.</param>
/// <param name="signIns">Knows browsers.</param>
internal sealed class AccessGate(
    bool anonymousRead,
    bool isLocal,
    PublicAddress url,
    TokenJudge tokens,
    Sessions sessions,
    SignIns signIns
)
{
    private const string Bearer = "Bearer";

    private readonly Admission anonymous = Open(Principal.Anonymous(anonymousRead));

    /// <summary>The name of a browser's cookie.</summary>
    /// <param name="isHttps">With TLS the browser itself holds it to this host.</param>
    public static string CookieName(bool isHttps) => isHttps ? "__Host-tessrax" : "tessrax";

    /// <summary>Judges all but the body.</summary>
    /// <exception cref="TessraxException">TSX6008, TSX6010 to TSX6017: nobody who counts; TSX6018: another role; TSX6019: not over this connection.</exception>
    public Admission Admit(HttpContext http, ApiRoute route)
    {
        ArgumentNullException.ThrowIfNull(http);
        // What is for everybody is answered to those with a stale key, too.
        if (route.Needs == Role.Nobody || (isLocal && route.IsForThisMachine))
            return anonymous;
        Admission admission = Identify(http);
        Principal who = admission.Who;
        bool isForged =
            who.IsCookie && !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method);
        if (who.May(route.Needs) && !isForged)
            return admission;
        throw who.Key is null && !who.IsCookie
            ? ErrorCodes.KeyNeeded.Because(
                $"{route.Method} {route.Path} is not for everybody: it takes {Holder(route.Needs)}"
            )
            : ErrorCodes.RoleNeeded.Because(
                who.IsCookie
                    ? "a browser's sign-in may read, and nothing else"
                    : $"the key {who.Name} does not have the role {route.Needs.ToText()}"
            );
    }

    // Whoever has any role may read.
    private static string Holder(Role needed) =>
        needed is Role.Reader or Role.AnyKey or Role.Known
            ? "any access key"
            : $"an access key with the role {needed.ToText()}";

    private Admission Identify(HttpContext http)
    {
        // Judged by the process that the request came to, which handed it on. No client can say so: it is not on the wire.
        if (http.Features.Get<LetInElsewhere>() is { } elsewhere)
            return Open(elsewhere.Who);
        string? shown = http.Request.Headers.Authorization switch
        {
            [] => null,
            [var one] => one,
            _ => throw ErrorCodes.BadAccessToken.Because("the header Authorization comes twice"),
        };
        if (shown is null)
            return Open(
                http.Request.Cookies[CookieName(url.IsSecure(http.Request))] is { } cookie
                && signIns.Find(cookie) is { } browser
                    ? browser
                    : anonymous.Who
            );
        string target = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        string[] parts = shown.Split(' ', 2);
        if (parts.Length == 2 && parts[0].Equals(Bearer, StringComparison.OrdinalIgnoreCase))
            return tokens.Judge(parts[1].Trim(), http.Request.Method, target);
        if (parts.Length != 2 || !parts[0].Equals(Sessions.Scheme, StringComparison.OrdinalIgnoreCase))
            throw ErrorCodes.BadAccessToken.Because(
                $"the header Authorization begins with neither {Bearer} nor {Sessions.Scheme}"
            );
        url.RequirePrivate(http);
        return sessions.Judge(parts[1], http.Request.Method, target);
    }

    private static Admission Open(Principal who) => new(who, null);
}

/// <summary>Somebody who was let in, as far as the head of their request goes.</summary>
/// <param name="Who">Who they are.</param>
/// <param name="RequireBody">Given SHA-256 of the body before anything is done with that; throws if it is not the one that was signed. Null where nothing was.</param>
internal sealed record Admission(Principal Who, Action<Digest>? RequireBody);

/// <summary>Noted with a request that another process of the same cluster has let in, and handed on.</summary>
/// <param name="Who">Whom it let in.</param>
internal sealed record LetInElsewhere(Principal Who);
