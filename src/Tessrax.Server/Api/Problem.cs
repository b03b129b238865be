using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Tessrax.Canonical;
using Tessrax.Node.Serving;
using Tessrax.Server.Host;

namespace Tessrax.Server.Api;

/// <summary>Refusals and failures as RFC 9457 has them, with Tessrax's codes and hints.</summary>
internal static class Problem
{
    public const string ContentType = "application/problem+json";

    /// <summary>Writes a problem, unless the answer has begun: then the connection is cut, so that nobody takes half for the whole.</summary>
    public static async Task Write(HttpContext http, TessraxException problem)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }
        int status = StatusOf(problem);
        foreach (
            string stale in (string[])["ETag", "Location", "Tessrax-Size", "Content-Encoding", "Content-Disposition"]
        )
            http.Response.Headers.Remove(stale);
        http.Response.StatusCode = status;
        http.Response.ContentType = ContentType;
        http.Response.Headers.CacheControl = "no-store";
        AnswerWriter.Guard(http.Response, isForOtherSites: false);
        if (MayHaveLeft(http.Request))
            http.Response.Headers.Connection = "close";
        if (status is 429 or 503)
            http.Response.Headers.RetryAfter =
                http.Features.Get<ComeAgain>()?.Text ?? RetryAfterOf(problem).ToString(CultureInfo.InvariantCulture);
        if (status == 401)
            http.Response.Headers.WWWAuthenticate = Challenge(http);
        if (PageAnswers.IsForPeople(http))
        {
            await PageAnswers.Write(http, problem, status);
            return;
        }
        byte[] bytes = ToJson(problem, status, Activity.Current?.TraceId.ToString()).ToCanonicalBytes();
        http.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
            await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
    }

    // Kestrel reads what is left of a small body, and closes the connection over a large one: whoever would send the next request there is to know.
    private static bool MayHaveLeft(HttpRequest request) =>
        request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true }
        && request.Protocol == HttpProtocol.Http11
        && request.ContentLength is null or > TransferRoom.Free;

    // What a token must be for, so that a client that knows neither can make one.
    private static string Challenge(HttpContext http)
    {
        IServiceProvider services = http.RequestServices;
        string ledger = services.GetRequiredService<ServedLedger>().Directory.Id.ToString();
        string error = http.Request.Headers.Authorization.Count > 0 ? ", error=\"invalid_token\"" : "";
        return $"Bearer realm=\"{ledger}\", server=\"{services.GetRequiredService<ServerRun>().Text}\"{error}";
    }

    /// <summary>The document.</summary>
    /// <param name="problem">What is wrong.</param>
    /// <param name="status">The answer's status.</param>
    /// <param name="trace">The request's trace id, if it has one.</param>
    public static JsonValue ToJson(TessraxException problem, int status, string? trace) =>
        JsonValue.Object(
            ("type", $"urn:tessrax:{problem.Code}"),
            ("title", problem.Code.Title),
            ("status", status),
            ("detail", Sanitizer.WellFormed(problem.Message)),
            ("code", problem.Code.ToString()),
            ("hint", Sanitizer.WellFormed(problem.Hint)),
            ("path", Optional(problem.Path)),
            ("token", Optional(problem.Token)),
            ("trace", Optional(trace))
        );

    private static JsonValue? Optional(string? text) =>
        text is null ? null : JsonValue.String(Sanitizer.WellFormed(text));

    /// <summary>The status that goes with a code.</summary>
    public static int StatusOf(TessraxException problem) => StatusOf(problem.Code);

    /// <inheritdoc cref="StatusOf(TessraxException)"/>
    public static int StatusOf(ErrorCode code)
    {
        if (code == ErrorCodes.WrongMethod)
            return 405;
        if (code == ErrorCodes.TooManyRequests || code == ErrorCodes.OverQuota)
            return 429;
        if (code == ErrorCodes.TooLarge)
            return 413;
        if (code == ErrorCodes.WrongContentType)
            return 415;
        if (code == ErrorCodes.KeyNeeded || IsAboutTheProof(code))
            return 401;
        if (code == ErrorCodes.RoleNeeded || code == ErrorCodes.NotPrivate)
            return 403;
        if (
            code == ErrorCodes.QueueWait
            || code == ErrorCodes.PipelineClosed
            || code == ErrorCodes.NoIndex
            || code == ErrorCodes.NoQuorumYet
        )
            return 503;
        return code.Class switch
        {
            ErrorClass.Input => 400,
            ErrorClass.NotFound => 404,
            ErrorClass.Refused => 409,
            ErrorClass.Storage => 503,
            _ => 500,
        };
    }

    private static bool IsAboutTheProof(ErrorCode code) =>
        code.Number >= ErrorCodes.BadAccessToken.Number && code.Number <= ErrorCodes.TokenUsed.Number;

    // What a damaged disk keeps from being read is not there in a second.
    private static int RetryAfterOf(TessraxException problem) =>
        problem.Code.Class == ErrorClass.Storage && problem.Code.Number < ErrorCodes.AccessFileRefused.Number ? 10 : 1;
}
