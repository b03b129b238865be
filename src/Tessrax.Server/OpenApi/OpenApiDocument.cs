using System.Text;
using Tessrax.Canonical;
using Tessrax.Server.Access;
using Tessrax.Server.Api;

namespace Tessrax.Server.OpenApi;

/// <summary>The OpenAPI 3.1 document of a table of addresses. It depends on nothing else: the same program gives the same document.</summary>
internal sealed class OpenApiDocument
{
    private readonly ApiSchemas schemas = new();
    private readonly JsonValue examples = JsonValue.Parse(Embedded.Read("examples.json"));

    // What every address may answer with, whatever it is for.
    private static readonly ErrorCode[] Usual =
    [
        ErrorCodes.RequestRefused,
        ErrorCodes.TooManyRequests,
        ErrorCodes.Overloaded,
        ErrorCodes.Bug,
    ];

    private static readonly ErrorCode[] OfKeys =
    [
        ErrorCodes.KeyNeeded,
        ErrorCodes.BadAccessToken,
        ErrorCodes.OtherAudience,
        ErrorCodes.OtherRun,
        ErrorCodes.UnknownAccessKey,
        ErrorCodes.OtherRequest,
        ErrorCodes.TokenTime,
        ErrorCodes.AccessSignature,
        ErrorCodes.TokenUsed,
        ErrorCodes.RoleNeeded,
    ];

    private static readonly ErrorCode[] OfBodies =
    [
        ErrorCodes.NotJson,
        ErrorCodes.BadValue,
        ErrorCodes.TooLarge,
        ErrorCodes.WrongContentType,
    ];

    private OpenApiDocument() { }

    /// <summary>The document of some addresses.</summary>
    public static JsonValue Of(IReadOnlyList<ApiRoute> routes) => new OpenApiDocument().Make(routes);

    private JsonValue Make(IReadOnlyList<ApiRoute> routes) =>
        JsonValue.Object(
            ("openapi", "3.1.0"),
            (
                "info",
                JsonValue.Object(
                    ("title", "Tessrax"),
                    ("version", "1"),
                    (
                        "summary",
                        "A governance ledger whose answers can be checked: hold them against a trust root of your own, as spec/server.md says"
                    ),
                    (
                        "description",
                        "Reading needs no key unless the server's operator asks for one; writing is signed by an access key, request by request. "
                            + "Numbers of entries begin at 0, times are UTC. Lists come a page at a time: `next` of one is the `cursor` of the one behind it. "
                            + "What is refused is answered with a problem document (RFC 9457) whose `code`, such as TSX3011, always means the same; `hint` says what to do."
                    ),
                    ("license", JsonValue.Object(("name", "Apache License 2.0"), ("identifier", "Apache-2.0")))
                )
            ),
            // Relative to the document, so that it holds behind a proxy too.
            ("servers", JsonValue.Of([JsonValue.Object(("url", "./"))])),
            (
                "paths",
                JsonValue.Object([
                    .. routes.GroupBy(route => PathOf(route)).Select(path => (path.Key, (JsonValue?)Operations(path))),
                ])
            ),
            (
                "components",
                JsonValue.Object(("schemas", schemas.Components), ("securitySchemes", OpenApiSecurity.Schemes))
            )
        );

    /// <summary>An address's path, as the document has it.</summary>
    public static string PathOf(ApiRoute route) => route.Path.Replace("{*", "{", StringComparison.Ordinal);

    /// <summary>An operation's name: method and path, as <c>get-v1-receipts-index</c>.</summary>
    public static string NameOf(ApiRoute route)
    {
        var name = new StringBuilder(route.Method.ToLowerInvariant());
        foreach (char c in PathOf(route))
        {
            if (char.IsAsciiLetterOrDigit(c))
                name.Append(c);
            else if (name[^1] != '-')
                name.Append('-');
        }
        return name.ToString().TrimEnd('-');
    }

    private JsonValue Operations(IEnumerable<ApiRoute> routes) =>
        JsonValue.Object([.. routes.Select(route => (route.Method.ToLowerInvariant(), (JsonValue?)Operation(route)))]);

    private JsonValue Operation(ApiRoute route) =>
        JsonValue.Object(
            ("operationId", NameOf(route)),
            ("summary", route.Summary),
            ("tags", JsonValue.Of([TagOf(route)])),
            ("parameters", OpenApiParameters.Of(route) is { Items.Length: > 0 } parameters ? parameters : null),
            ("requestBody", route.Limit.Bytes > 0 ? Body(route) : null),
            ("responses", Responses(route)),
            ("security", OpenApiSecurity.Of(route.Needs)),
            ("x-role", route.Needs.ToText())
        );

    private static JsonValue TagOf(ApiRoute route)
    {
        string[] parts = route.Path.Split('/');
        return parts[1] == "v1" ? parts[2]
            : IsPage(route) ? "pages"
            : "server";
    }

    // A browser is told in a page why it gets none.
    private static bool IsPage(ApiRoute route) => route.AnswerTypes.Contains(BytesAnswer.Html);

    private JsonValue Body(ApiRoute route) =>
        JsonValue.Object(
            ("required", true),
            ("description", $"{route.Limit.Bytes} bytes at most"),
            (
                "content",
                JsonValue.Object([
                    .. route.Limit.ContentTypes.Select(type =>
                        (
                            type,
                            (JsonValue?)(
                                type == BodyLimit.Json && route.Body is { } schema
                                    ? Content(schema, route.BodyExample)
                                    : Text
                            )
                        )
                    ),
                ])
            )
        );

    private JsonValue Responses(ApiRoute route)
    {
        var all = new SortedDictionary<int, JsonValue>();
        foreach (int status in route.AlsoStatus.Prepend(route.Status))
            all[status] = Answer(route, status);
        if (route.Cache != CacheRule.Never)
            all[304] = JsonValue.Object(("description", "what If-None-Match names is what there is"));
        IEnumerable<ErrorCode> codes = Usual
            .Concat(route.Errors)
            .Concat(route.Needs == Role.Nobody ? [] : OfKeys)
            .Concat(route.Limit.Bytes > 0 ? OfBodies : [])
            .Distinct()
            .OrderBy(code => code.Number);
        foreach (IGrouping<int, ErrorCode> group in codes.GroupBy(Problem.StatusOf))
            all[group.Key] = Refusal(group, all.GetValueOrDefault(group.Key) ?? (IsPage(route) ? PageAnswer : null));
        return JsonValue.Object([.. all.Select(one => (ApiCall.Text(one.Key), (JsonValue?)one.Value))]);
    }

    private JsonValue Answer(ApiRoute route, int status)
    {
        var content = new List<(string, JsonValue?)>();
        if (route.Answer is { } schema)
            content.Add((BodyLimit.Json, Content(schema, examples[schema])));
        content.AddRange(route.AnswerTypes.Select(type => (type, (JsonValue?)Text)));
        return JsonValue.Object(
            ("description", status == route.Status ? route.Summary : "the same"),
            ("content", content.Count > 0 ? JsonValue.Object([.. content]) : null)
        );
    }

    private static JsonValue PageAnswer => JsonValue.Object(("content", JsonValue.Object((BytesAnswer.Html, Text))));

    private JsonValue Refusal(IEnumerable<ErrorCode> codes, JsonValue? answer) =>
        JsonValue.Object(
            ("description", string.Join("; ", codes.Select(code => $"{code} {code.Title}"))),
            (
                "content",
                (answer?["content"] ?? JsonValue.EmptyObject).With(Problem.ContentType, Content("problem", null))
            ),
            ("x-codes", JsonValue.Of(codes.Select(code => JsonValue.String(code.ToString()))))
        );

    private JsonValue Content(string schema, JsonValue? example) =>
        JsonValue.Object(("schema", schemas.Reference(schema)), ("example", example));

    private static JsonValue Text { get; } = JsonValue.Object(("schema", JsonValue.Object(("type", "string"))));
}
