using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Tessrax.Canonical;

namespace Tessrax.Tests;

/// <summary>Checks values against the schemas under <c>spec/schema/</c>: as much of JSON Schema 2020-12 as those use.</summary>
/// <remarks>A keyword that is not known fails the test, so that no schema says something that nobody checks.</remarks>
internal sealed class Schema
{
    private static readonly ConcurrentDictionary<string, Schema> Loaded = new(StringComparer.Ordinal);

    private readonly JsonValue root;
    private readonly JsonValue top;

    // All schemas together have more patterns than the 15 that are kept compiled otherwise.
    static Schema() => Regex.CacheSize = 128;

    private Schema(JsonValue root, JsonValue top) => (this.root, this.top) = (root, top);

    /// <summary>A schema that lies within a document, whose references lead to other places of it.</summary>
    public static Schema Within(JsonValue document, JsonValue schema) => new(document, schema);

    /// <summary>The schema <c>spec/schema/{name}.schema.json</c>.</summary>
    public static Schema Load(string name) =>
        Loaded.GetOrAdd(
            name,
            static n =>
            {
                JsonValue schema = JsonValue.Parse(File.ReadAllBytes(Spec.Path("schema", $"{n}.schema.json")));
                return new(schema, schema);
            }
        );

    /// <summary>What is wrong with a value; empty if it fits.</summary>
    public IReadOnlyList<string> Faults(JsonValue value)
    {
        var faults = new List<string>();
        Check(top, value, "$", faults);
        return faults;
    }

    public bool Fits(JsonValue value) => Faults(value).Count == 0;

    private void Check(JsonValue schema, JsonValue value, string path, List<string> faults)
    {
        if (schema.Kind is JsonKind.True)
            return;
        for (int i = 0; i < schema.Names.Length; i++)
        {
            string keyword = schema.Names[i];
            if (!Holds(schema, keyword, schema.Items[i], value, path, faults))
                faults.Add($"{path}: {keyword}");
        }
    }

    private bool Holds(
        JsonValue schema,
        string keyword,
        JsonValue rule,
        JsonValue value,
        string path,
        List<string> faults
    ) =>
        keyword switch
        {
            "$schema" or "$id" or "title" or "description" or "$defs" => true,
            "$ref" => Follow(rule.AsString(), value, path, faults),
            "type" => rule.Kind == JsonKind.String ? IsType(rule.AsString(), value) : AnyType(rule, value),
            "const" => rule.Equals(value),
            "enum" => rule.Items.Contains(value),
            "anyOf" => AnyOf(rule, value, path),
            "properties" or "additionalProperties" or "propertyNames" or "required" or "maxProperties" => value.Kind
                != JsonKind.Object
                || OfObject(schema, keyword, rule, value, path, faults),
            "items" or "prefixItems" or "minItems" or "maxItems" or "uniqueItems" => value.Kind != JsonKind.Array
                || OfArray(keyword, rule, value, path, faults),
            "minLength" => value.Kind != JsonKind.String || Length(value) >= Number(rule),
            "maxLength" => value.Kind != JsonKind.String || Length(value) <= Number(rule),
            "pattern" => value.Kind != JsonKind.String || Matches(rule.AsString(), value.AsString()),
            "minimum" => value.Kind != JsonKind.Number || Number(value) >= Number(rule),
            "maximum" => value.Kind != JsonKind.Number || Number(value) <= Number(rule),
            _ => throw new NotSupportedException($"the schema keyword '{keyword}'"),
        };

    private bool Follow(string reference, JsonValue value, string path, List<string> faults)
    {
        const string Local = "#/";
        if (reference.StartsWith(Local, StringComparison.Ordinal))
            Check(
                reference[Local.Length..].Split('/').Aggregate(root, static (at, name) => at[name]!),
                value,
                path,
                faults
            );
        else
            faults.AddRange(Load(reference[..^".schema.json".Length]).Faults(value).Select(f => path + f[1..]));
        return true;
    }

    private bool AnyOf(JsonValue choices, JsonValue value, string path)
    {
        foreach (JsonValue choice in choices.Items)
        {
            var faults = new List<string>();
            Check(choice, value, path, faults);
            if (faults.Count == 0)
                return true;
        }
        return false;
    }

    private bool OfObject(
        JsonValue schema,
        string keyword,
        JsonValue rule,
        JsonValue value,
        string path,
        List<string> faults
    )
    {
        if (keyword == "maxProperties")
            return value.Names.Length <= Number(rule);
        if (keyword == "required")
            return rule.Items.ToArray().All(name => value[name.AsString()] is not null);
        for (int i = 0; i < value.Names.Length; i++)
        {
            string name = value.Names[i];
            JsonValue? known = schema["properties"]?[name];
            if (keyword == "propertyNames")
                Check(rule, name, $"{path}.{name}", faults);
            else if (keyword == "properties" && known is not null)
                Check(known, value.Items[i], $"{path}.{name}", faults);
            else if (keyword == "additionalProperties" && known is null && rule.Kind == JsonKind.False)
                return false;
            else if (keyword == "additionalProperties" && known is null)
                Check(rule, value.Items[i], $"{path}.{name}", faults);
        }
        return true;
    }

    private bool OfArray(string keyword, JsonValue rule, JsonValue value, string path, List<string> faults)
    {
        if (keyword == "items")
        {
            for (int i = 0; i < value.Items.Length; i++)
                Check(rule, value.Items[i], $"{path}[{i}]", faults);
            return true;
        }
        int count = value.Items.Length;
        if (keyword == "prefixItems")
        {
            for (int i = 0; i < Math.Min(count, rule.Items.Length); i++)
                Check(rule.Items[i], value.Items[i], $"{path}[{i}]", faults);
            return true;
        }
        return keyword switch
        {
            "minItems" => count >= Number(rule),
            "maxItems" => count <= Number(rule),
            _ => value.Items.ToArray().Distinct().Count() == count,
        };
    }

    private static bool AnyType(JsonValue types, JsonValue value)
    {
        foreach (JsonValue type in types.Items)
        {
            if (IsType(type.AsString(), value))
                return true;
        }
        return false;
    }

    private static bool IsType(string type, JsonValue value) =>
        type switch
        {
            "object" => value.Kind == JsonKind.Object,
            "array" => value.Kind == JsonKind.Array,
            "string" => value.Kind == JsonKind.String,
            "boolean" => value.Kind is JsonKind.True or JsonKind.False,
            "null" => value.Kind == JsonKind.Null,
            "number" => value.Kind == JsonKind.Number,
            "integer" => value.Kind == JsonKind.Number && double.IsInteger(Number(value)),
            _ => throw new NotSupportedException($"the schema type '{type}'"),
        };

    // ECMA-262: "$" is the very end, where .NET would let a last line feed pass.
    private static bool Matches(string pattern, string text) =>
        Regex.IsMatch(text, pattern.EndsWith('$') ? pattern[..^1] + @"\z" : pattern, RegexOptions.CultureInvariant);

    private static double Number(JsonValue number) => double.Parse(number.AsNumberText(), CultureInfo.InvariantCulture);

    private static int Length(JsonValue text) => text.AsString().EnumerateRunes().Count();
}
