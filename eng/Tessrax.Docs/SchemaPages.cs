using System.Text.Json;

namespace Tessrax.Docs;

/// <summary>The JSON Schemas of <c>spec/schema</c>, for people: a page for each with its members, and one for all. The files come along.</summary>
internal static class SchemaPages
{
    /// <summary>The page of all of them.</summary>
    public const string Index = "spec/schema/index.html";

    private const string Ending = ".schema.json";

    public static IEnumerable<Page> Read(string repository)
    {
        string folder = Path.Combine(repository, "spec", "schema");
        string[] names =
        [
            .. Directory
                .GetFiles(folder, "*" + Ending)
                .Select(file => Path.GetFileName(file)[..^Ending.Length])
                .Order(StringComparer.Ordinal),
        ];
        Page[] pages = [.. names.Select(name => PageOf(name, File.ReadAllBytes(Path.Combine(folder, name + Ending))))];
        yield return new Page(
            Index,
            "Schemas",
            "<h1>Schemas</h1>\n<p>JSON Schemas (draft 2020-12) of every record.</p>\n"
                + Html.Table(
                    ["schema", "of"],
                    pages.Select(page =>
                        (string[])
                            [
                                Html.Link(Html.Relative(Index, page.Address), Html.Code(NameOf(page))),
                                Html.Text(page.Lead),
                            ]
                    )
                )
        )
        {
            Lead = "JSON Schemas of every record.",
            Passages = [new Passage("", "Schemas", string.Join(' ', names))],
        };
        foreach (Page page in pages)
            yield return page;
    }

    private static string NameOf(Page page) => Path.GetFileNameWithoutExtension(page.Address);

    private static Page PageOf(string name, byte[] bytes)
    {
        using JsonDocument document = JsonDocument.Parse(bytes);
        JsonElement root = document.RootElement;
        string address = $"spec/schema/{name}.html";
        string title = Text(root, "title") is { Length: > 0 } said ? said : name;
        var html = new StringBuilder(
            $"<p class=\"crumbs\">{Html.Link(Html.Relative(address, Index), "Schemas")}</p>\n<h1>{Html.Text(title)}</h1>\n"
        );
        html.Append(
            $"<p class=\"lead\">{Html.Text(Text(root, "description"))}</p>\n<p>The schema itself: {Html.Link(name + Ending, Html.Code(name + Ending))}.</p>\n"
        );
        html.Append(Members(root, address));
        var headings = new List<Heading>();
        if (root.TryGetProperty("$defs", out JsonElement definitions))
            foreach (JsonProperty definition in definitions.EnumerateObject())
            {
                headings.Add(new Heading(2, definition.Name, definition.Name));
                html.Append(Html.Heading(2, definition.Name, Html.Code(definition.Name)));
                if (Text(definition.Value, "description") is { Length: > 0 } what)
                    html.Append($"<p>{Html.Text(what)}</p>\n");
                html.Append(
                    definition.Value.ValueKind == JsonValueKind.Object
                    && definition.Value.TryGetProperty("properties", out _)
                        ? Members(definition.Value, address)
                        : $"<p>{Shape(definition.Value, address)}</p>\n"
                );
            }
        return new Page(address, title, html.ToString())
        {
            Lead = Text(root, "description") is { Length: > 0 } lead ? lead : title,
            Headings = headings,
            Under = Index,
            Passages =
            [
                new Passage(
                    "",
                    title,
                    $"{name} {Text(root, "description")} {(root.TryGetProperty("properties", out JsonElement members) ? string.Join(' ', members.EnumerateObject().Select(each => each.Name)) : "")}"
                ),
            ],
        };
    }

    private static string Members(JsonElement schema, string address)
    {
        string[][] rows = [.. Rows(schema, "", address)];
        return rows.Length > 0 ? Html.Table(["member", "", "is"], rows) : "";
    }

    // Members of members follow them: resolution.low, and actions.*.deadline where the name is anybody's.
    private static IEnumerable<string[]> Rows(JsonElement schema, string above, string address)
    {
        if (schema.ValueKind != JsonValueKind.Object)
            yield break;
        if (schema.TryGetProperty("properties", out JsonElement properties))
        {
            string[] required = schema.TryGetProperty("required", out JsonElement names)
                ? [.. names.EnumerateArray().Select(each => each.GetString()!)]
                : [];
            foreach (JsonProperty member in properties.EnumerateObject())
            {
                yield return
                [
                    Html.Code(above + member.Name),
                    required.Contains(member.Name) ? "required" : "",
                    $"{Shape(member.Value, address)} {Html.Text(Text(member.Value, "description"))}",
                ];
                foreach (string[] row in Rows(member.Value, $"{above}{member.Name}.", address))
                    yield return row;
            }
        }
        if (schema.TryGetProperty("items", out JsonElement items))
            foreach (string[] row in Rows(items, $"{above.TrimEnd('.')}[].", address))
                yield return row;
        if (schema.TryGetProperty("additionalProperties", out JsonElement any))
            foreach (string[] row in Rows(any, $"{above}*.", address))
                yield return row;
    }

    // One line: what kind of value, and within which limits.
    private static string Shape(JsonElement schema, string address)
    {
        if (schema.ValueKind != JsonValueKind.Object)
            return "";
        if (schema.TryGetProperty("$ref", out JsonElement reference))
            return Reference(reference.GetString()!, address);
        if (schema.TryGetProperty("const", out JsonElement constant))
            return Html.Code(constant.GetRawText());
        if (schema.TryGetProperty("enum", out JsonElement values))
            return string.Join(", ", values.EnumerateArray().Select(each => Html.Code(each.GetRawText())));
        foreach (string several in (string[])["oneOf", "anyOf"])
            if (schema.TryGetProperty(several, out JsonElement choices))
                return string.Join(
                    " or ",
                    choices.EnumerateArray().Select(each => Shape(each, address)).Where(each => each.Length > 0)
                );
        string type = schema.TryGetProperty("type", out JsonElement kind)
            ? (
                kind.ValueKind == JsonValueKind.Array
                    ? string.Join(" or ", kind.EnumerateArray().Select(each => each.GetString()))
                    : kind.GetString()!
            )
            : "";
        if (schema.TryGetProperty("items", out JsonElement items) && Shape(items, address) is { Length: > 0 } inner)
            return $"array of {inner}{Limits(schema)}";
        if (
            schema.TryGetProperty("additionalProperties", out JsonElement any)
            && Shape(any, address) is { Length: > 0 } each1
        )
            return $"object of {each1}";
        return Html.Text(type) + Limits(schema);
    }

    private static string Limits(JsonElement schema)
    {
        (string Name, string Says)[] known =
        [
            ("minimum", "at least "),
            ("maximum", "at most "),
            ("minLength", "length at least "),
            ("maxLength", "length at most "),
            ("minItems", "at least "),
            ("maxItems", "at most "),
            ("pattern", "matches "),
        ];
        string[] said =
        [
            .. known
                .Where(each => schema.TryGetProperty(each.Name, out _))
                .Select(each => each.Says + Html.Code(schema.GetProperty(each.Name).ToString())),
        ];
        return said.Length > 0 ? $" ({string.Join(", ", said)})" : "";
    }

    private static string Reference(string to, string address)
    {
        if (to.StartsWith("#/$defs/", StringComparison.Ordinal))
            return Html.Link($"#{to["#/$defs/".Length..]}", Html.Code(to["#/$defs/".Length..]));
        string[] parts = to.Split('#', 2);
        string file = parts[0].Split('/')[^1];
        if (!file.EndsWith(Ending, StringComparison.Ordinal))
            return Html.Code(to);
        string name = file[..^Ending.Length];
        string inner =
            parts.Length > 1 && parts[1].StartsWith("/$defs/", StringComparison.Ordinal)
                ? parts[1]["/$defs/".Length..]
                : "";
        string link = Html.Relative(address, $"spec/schema/{name}.html") + (inner.Length > 0 ? $"#{inner}" : "");
        return Html.Link(link, Html.Code(inner.Length > 0 ? $"{name} {inner}" : name));
    }

    private static string Text(JsonElement schema, string member) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty(member, out JsonElement text)
            ? text.GetString() ?? ""
            : "";
}
