using Tessrax.Canonical;
using Tessrax.Contradictions;

namespace Tessrax.Tests.Verification;

/// <summary>Every document that differs from a given one in one place: a member removed, renamed, made null, or changed in value.</summary>
internal static class JsonMutations
{
    public static IEnumerable<JsonValue> Of(JsonValue value) =>
        value.Kind switch
        {
            JsonKind.Object => OfObject(value),
            JsonKind.Array => OfArray(value),
            JsonKind.String => OfString(value.AsString()),
            JsonKind.Number =>
            [
                JsonValue.Number(
                    double.Parse(value.AsNumberText(), System.Globalization.CultureInfo.InvariantCulture) + 1
                ),
                "1",
            ],
            JsonKind.True => [JsonValue.False],
            JsonKind.False => [JsonValue.True],
            _ => [JsonValue.EmptyObject],
        };

    private static IEnumerable<JsonValue> OfObject(JsonValue value)
    {
        for (int i = 0; i < value.Names.Length; i++)
        {
            string name = value.Names[i];
            JsonValue member = value.Items[i];
            yield return value.Without(name);
            yield return value.Without(name).With(name + "x", member);
            if (member.Kind != JsonKind.Null)
                yield return value.With(name, JsonValue.Null);
            foreach (JsonValue changed in Of(member))
                yield return value.With(name, changed);
        }
        yield return value.With("zz", JsonValue.True);
    }

    private static IEnumerable<JsonValue> OfArray(JsonValue value)
    {
        JsonValue[] items = [.. value.Items];
        for (int i = 0; i < items.Length; i++)
        {
            if (items[i].Kind != JsonKind.Object || items[i]["proof"] is null)
                yield return JsonValue.Of([.. items[..i], .. items[(i + 1)..]]);
            yield return JsonValue.Of([.. items[..i], items[i], .. items[i..]]);
            if (i > 0 && !items[i].Equals(items[i - 1]))
                yield return JsonValue.Of([.. items[..(i - 1)], items[i], items[i - 1], .. items[(i + 1)..]]);
            foreach (JsonValue changed in Of(items[i]))
                yield return JsonValue.Of([.. items[..i], changed, .. items[(i + 1)..]]);
        }
        if (items.Length > 0)
            yield return JsonValue.EmptyArray;
    }

    private static IEnumerable<JsonValue> OfString(string text)
    {
        yield return text + "0";
        yield return text.Length > 1 ? text[..^1] : "";
        char first =
            text.Length == 0 ? 'x'
            : text[0] == 'a' ? 'b'
            : 'a';
        yield return text.Length == 0 ? "x" : first + text[1..];
        yield return JsonValue.EmptyArray;
    }
}

/// <summary>Claims bent in one place.</summary>
internal static class ClaimChanges
{
    public static Claim With(this Claim claim, string timestamp) =>
        Claim.FromJson(claim.ToJson().With("timestamp", timestamp));
}
