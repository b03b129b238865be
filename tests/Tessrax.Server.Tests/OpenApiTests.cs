using Tessrax.Canonical;
using Tessrax.Server.Api;
using Tessrax.Server.OpenApi;
using Tessrax.Tests;

namespace Tessrax.Server.Tests;

/// <summary>The document that says what the server can be asked.</summary>
public sealed class OpenApiTests
{
    private static readonly JsonValue Document = OpenApiDocument.Of(ApiRoutes.All);

    [Fact]
    public void The_document_under_spec_is_the_one_that_the_addresses_give() =>
        Spec.MustHold(Spec.Lay(System.Text.Json.Nodes.JsonNode.Parse(Document.ToCanonicalBytes())!), "openapi.json");

    [Fact]
    public void Every_address_is_in_it_and_nothing_else()
    {
        string[] told =
        [
            .. Members(Document["paths"]!)
                .SelectMany(path => Members(path.Value).Select(one => $"{one.Name.ToUpperInvariant()} {path.Name}")),
        ];
        Assert.Equal(
            ApiRoutes.All.Select(route => $"{route.Method} {OpenApiDocument.PathOf(route)}").Order(),
            told.Order()
        );
        Assert.Equal(ApiRoutes.All.Count, ApiRoutes.All.Select(OpenApiDocument.NameOf).Distinct().Count());
    }

    [Fact]
    public void Every_reference_leads_somewhere_and_every_schema_is_led_to()
    {
        string[] references = [.. References(Document).Distinct()];
        foreach (string reference in references)
            Assert.NotNull(Find(reference));
        string[] used = [.. references.Select(reference => reference.Split('/')[3]).Distinct().Order()];
        Assert.Equal(Members(Document["components"]!["schemas"]!).Select(one => one.Name).Order(), used);
    }

    [Fact]
    public void Every_example_is_what_its_schema_says()
    {
        int seen = 0;
        foreach (JsonValue content in Contents(Document))
        {
            Assert.Empty(Schema.Within(Document, content["schema"]!).Faults(content["example"]!));
            seen++;
        }
        Assert.True(seen > 30, $"{seen} examples");
    }

    [Fact]
    public void An_answer_that_differs_is_found_out()
    {
        JsonValue content = Contents(Document)
            .First(one => one["schema"]!["$ref"]!.AsString().EndsWith("/receipt", StringComparison.Ordinal));
        var schema = Schema.Within(Document, content["schema"]!);
        JsonValue example = content["example"]!;
        Assert.NotEmpty(schema.Faults(example.Without("proof")));
        Assert.NotEmpty(schema.Faults(example.With("more", 1)));
        Assert.NotEmpty(schema.Faults(example.With("leaf_hash", "sha256:0")));
        // What lies in a format of spec/schema is held to it, too.
        Assert.NotEmpty(schema.Faults(example.With("entry", example["entry"]!.With("more", 1))));
    }

    private static JsonValue? Find(string reference) =>
        reference.Split('/')[1..].Aggregate<string, JsonValue?>(Document, static (at, name) => at?[name]);

    private static IEnumerable<string> References(JsonValue value) =>
        value.Kind switch
        {
            JsonKind.Object => Members(value)
                .SelectMany(one =>
                    one.Name == "$ref" && one.Value.Kind == JsonKind.String
                        ? [one.Value.AsString()]
                        : References(one.Value)
                ),
            JsonKind.Array => value.Items.ToArray().SelectMany(References),
            _ => [],
        };

    // What stands beside its schema.
    private static IEnumerable<JsonValue> Contents(JsonValue value) =>
        value.Kind switch
        {
            JsonKind.Object when value["schema"] is not null && value["example"] is not null => [value],
            JsonKind.Object or JsonKind.Array => value.Items.ToArray().SelectMany(Contents),
            _ => [],
        };

    private static IEnumerable<(string Name, JsonValue Value)> Members(JsonValue value) =>
        value.Names.ToArray().Zip(value.Items.ToArray());
}
