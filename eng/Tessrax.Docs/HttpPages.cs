using System.Text.Json;

namespace Tessrax.Docs;

/// <summary>What a server can be asked, from <c>spec/openapi.json</c>: one page, for reading; a server's own <c>/docs/api</c> lets one try.</summary>
internal static class HttpPages
{
    /// <summary>The page.</summary>
    public const string Address = "http.html";

    public static Page Read(string repository)
    {
        using JsonDocument document = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(repository, "spec", "openapi.json"))
        );
        var html = new StringBuilder("<h1>HTTP</h1>\n");
        html.Append(
            $"<p class=\"lead\">Every address of a server. The whole document, with each answer's shape, is {Html.Link("spec/openapi.json", "openapi.json")}; a running server has it at <code>/openapi.json</code>, and at <code>/docs/api</code> a page to try it on. {Html.Link("server.html", "The server")} tells how to ask.</p>\n"
        );
        var headings = new List<Heading>();
        var passages = new List<Passage> { new("", "HTTP", "every address of a server, API, OpenAPI") };
        foreach (JsonProperty path in document.RootElement.GetProperty("paths").EnumerateObject())
        foreach (
            JsonProperty method in path
                .Value.EnumerateObject()
                .Where(each =>
                    each.Value.ValueKind == JsonValueKind.Object && each.Value.TryGetProperty("responses", out _)
                )
        )
        {
            string title = $"{method.Name.ToUpperInvariant()} {path.Name}";
            string id = method.Value.GetProperty("operationId").GetString()!;
            string summary = Summary(method.Value);
            headings.Add(new Heading(2, id, title));
            passages.Add(new Passage(id, title, summary));
            html.Append(Html.Heading(2, id, Html.Code(title))).Append($"<p>{Html.Text(summary)}.</p>\n");
            Append(html, method.Value);
        }
        return new Page(Address, "HTTP", html.ToString())
        {
            Lead = "Every address of a server.",
            Headings = headings,
            Passages = passages,
        };
    }

    private static string Summary(JsonElement method) =>
        method.TryGetProperty("summary", out JsonElement summary)
            ? summary.GetString()!
            : method.GetProperty("responses").EnumerateObject().First().Value.GetProperty("description").GetString()!;

    private static void Append(StringBuilder html, JsonElement method)
    {
        if (method.TryGetProperty("parameters", out JsonElement parameters) && parameters.GetArrayLength() > 0)
            html.Append(
                Html.Table(
                    ["parameter", "in", "is"],
                    parameters
                        .EnumerateArray()
                        .Where(each => each.TryGetProperty("name", out _))
                        .Select(each =>
                            (string[])
                                [
                                    Html.Code(each.GetProperty("name").GetString()!),
                                    Html.Text(each.GetProperty("in").GetString()!),
                                    Html.Text(Said(each) + Range(each)),
                                ]
                        )
                )
            );
        html.Append(
            Html.Table(
                ["status", "answer", "says"],
                method
                    .GetProperty("responses")
                    .EnumerateObject()
                    .Select(each =>
                        (string[])[Html.Code(each.Name), Html.Text(Types(each.Value)), Html.Text(Said(each.Value))]
                    )
            )
        );
    }

    private static string Said(JsonElement element) =>
        element.TryGetProperty("description", out JsonElement text) ? text.GetString()! : "";

    private static string Range(JsonElement parameter)
    {
        if (!parameter.TryGetProperty("schema", out JsonElement schema))
            return "";
        string[] said =
        [
            .. schema.TryGetProperty("enum", out JsonElement values)
                ?
                [
                    string.Join(
                        ", ",
                        values.EnumerateArray().Select(each => each.ToString()).Where(each => each.Length > 0)
                    ),
                ]
                : Array.Empty<string>(),
            .. schema.TryGetProperty("minimum", out JsonElement least) ? [$"at least {least}"] : Array.Empty<string>(),
            .. schema.TryGetProperty("maximum", out JsonElement most) && most.GetDouble() < 9e15
                ? [$"at most {most}"]
                : Array.Empty<string>(),
            .. schema.TryGetProperty("default", out JsonElement usual) && usual.ToString().Length > 0
                ? [$"{usual} if left out"]
                : Array.Empty<string>(),
        ];
        return said.Length > 0 ? $" ({string.Join("; ", said)})" : "";
    }

    private static string Types(JsonElement answer) =>
        answer.TryGetProperty("content", out JsonElement content)
            ? string.Join(
                ", ",
                content
                    .EnumerateObject()
                    .Select(each => each.Name.Split(';')[0])
                    .Distinct()
                    .Order(StringComparer.Ordinal)
            )
            : "";
}
