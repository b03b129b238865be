using Tessrax.Canonical;

namespace Tessrax.Tests.Schemas;

/// <summary>Changes one place in a JSON document.</summary>
internal static class Edit
{
    /// <summary>The document with what stands at a path like <c>body.by.kind</c> or <c>approvals[0].key</c> replaced; removed if <paramref name="value"/> is null.</summary>
    public static JsonValue At(JsonValue json, string path, JsonValue? value)
    {
        int end = path.IndexOfAny(['.', '['], 1);
        string step = end < 0 ? path : path[..end];
        string rest = end < 0 ? "" : path[end..].TrimStart('.');
        if (step.StartsWith('['))
        {
            JsonValue[] items = json.Items.ToArray();
            int index = step[1] - '0';
            items[index] = rest.Length == 0 ? value! : At(items[index], rest, value);
            return JsonValue.Of(items);
        }
        if (rest.Length == 0)
            return value is null ? json.Without(step) : json.With(step, value);
        return json.With(step, At(json[step]!, rest, value));
    }

    /// <summary>The paths of all members of all objects in a document, arrays by their first item; below <paramref name="closed"/> members none.</summary>
    public static IEnumerable<string> Members(JsonValue json, IReadOnlySet<string> closed, string path = "")
    {
        if (json.Kind == JsonKind.Array && json.Items.Length > 0)
        {
            foreach (string inner in Members(json.Items[0], closed, $"{path}[0]"))
                yield return inner;
        }
        string[] names = json.Names.ToArray();
        foreach (string name in names)
        {
            string member = path.Length == 0 ? name : $"{path}.{name}";
            yield return member;
            if (closed.Contains(name))
                continue;
            foreach (string inner in Members(json[name]!, closed, member))
                yield return inner;
        }
    }

    /// <summary>The paths of all objects, as prefixes of their members' paths.</summary>
    public static IEnumerable<string> Objects(JsonValue json, IReadOnlySet<string> closed) =>
        Members(json, closed).Select(member => member[..(member.LastIndexOf('.') + 1)]).Distinct();
}
