using Tessrax.Canonical;

namespace Tessrax.Server.OpenApi;

/// <summary>The schemas of what is sent and answered: those of the API itself, and those of <c>spec/schema</c> that they lead to, as <c>format.NAME</c>.</summary>
internal sealed class ApiSchemas
{
    private const string Place = "#/components/schemas/";
    private const string FormatPrefix = "format.";
    private const string FileEnd = ".schema.json";

    private readonly JsonValue own = JsonValue.Parse(Embedded.Read("schemas.json"));
    private readonly SortedDictionary<string, JsonValue> components = new(StringComparer.Ordinal);

    /// <summary>Reads them.</summary>
    public ApiSchemas()
    {
        for (int i = 0; i < own.Names.Length; i++)
            components[own.Names[i]] = Rewrite(own.Items[i], "");
    }

    /// <summary>All of them, by name.</summary>
    public JsonValue Components => JsonValue.Object([.. components.Select(one => (one.Key, (JsonValue?)one.Value))]);

    /// <summary>A reference to one.</summary>
    /// <exception cref="InvalidOperationException">There is none of that name.</exception>
    public JsonValue Reference(string name) =>
        components.ContainsKey(name)
            ? JsonValue.Object(("$ref", Place + name))
            : throw new InvalidOperationException($"no schema has the name {name}");

    // A file of spec/schema, when something leads to it for the first time.
    private string Format(string file)
    {
        string name = FormatPrefix + file[..^FileEnd.Length];
        if (components.TryAdd(name, JsonValue.True))
            components[name] = Rewrite(JsonValue.Parse(Embedded.Read(file)), name);
        return Place + name;
    }

    // An $id of their own would make all references within them lead elsewhere.
    private JsonValue Rewrite(JsonValue schema, string within) =>
        schema.Kind switch
        {
            JsonKind.Array => JsonValue.Of(schema.Items.ToArray().Select(item => Rewrite(item, within))),
            JsonKind.Object => JsonValue.Object([
                .. schema
                    .Names.ToArray()
                    .Zip(schema.Items.ToArray())
                    .Where(member => member.First is not ("$id" or "$schema"))
                    .Select(member =>
                        (
                            member.First,
                            (JsonValue?)(
                                member.First == "$ref" && member.Second.Kind == JsonKind.String
                                    ? JsonValue.String(Target(member.Second.AsString(), within))
                                    : Rewrite(member.Second, within)
                            )
                        )
                    ),
            ]),
            _ => schema,
        };

    private string Target(string reference, string within)
    {
        if (!reference.StartsWith('#'))
            return Format(reference);
        string path = reference["#/".Length..];
        return within.Length == 0 ? Place + path : $"{Place}{within}/{path}";
    }
}
