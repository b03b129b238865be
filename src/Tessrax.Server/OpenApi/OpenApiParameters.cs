using Tessrax.Canonical;
using Tessrax.Server.Api;

namespace Tessrax.Server.OpenApi;

/// <summary>The parameters of an address, as an OpenAPI document says them.</summary>
internal static class OpenApiParameters
{
    private static readonly JsonValue Number = JsonValue.Object(
        ("type", "integer"),
        ("minimum", 0),
        ("maximum", QueryText.MaxInteger)
    );

    private static readonly JsonValue Text = JsonValue.Object(("type", "string"));

    /// <summary>Those in the path, after the question mark and in headers.</summary>
    public static JsonValue Of(ApiRoute route) =>
        JsonValue.Of([
            .. InPath(OpenApiDocument.PathOf(route)),
            .. route.Query.Select(parameter => Of(parameter, "query")),
            .. route.Headers.Select(parameter => Of(parameter, "header")),
        ]);

    private static IEnumerable<JsonValue> InPath(string path) =>
        path.Split('/')
            .Where(part => part.StartsWith('{'))
            .Select(part => part[1..^1])
            .Select(name =>
                JsonValue.Object(
                    ("name", name),
                    ("in", "path"),
                    ("required", true),
                    ("schema", name is "index" or "size" or "id" ? Number : Text)
                )
            );

    private static JsonValue Of(ApiParameter parameter, string place) =>
        JsonValue.Object(
            ("name", parameter.Name),
            ("in", place),
            ("description", parameter.Summary),
            ("required", parameter.IsRequired ? true : null),
            ("schema", parameter.IsMany ? JsonValue.Object(("type", "array"), ("items", Of(parameter))) : Of(parameter))
        );

    private static JsonValue Of(ApiParameter parameter) =>
        parameter.Kind switch
        {
            ParameterKind.Integer => JsonValue.Object(
                ("type", "integer"),
                ("minimum", parameter.Min),
                ("maximum", parameter.Max),
                ("default", parameter.Default is { } usual ? usual : null)
            ),
            ParameterKind.Word => JsonValue.Object(("enum", JsonValue.Of(parameter.Words.Select(JsonValue.String)))),
            ParameterKind.Time => JsonValue.Object(("type", "string"), ("format", "date-time")),
            _ => JsonValue.Object(("type", "string"), ("maxLength", parameter.Max)),
        };
}
