using Tessrax.Canonical;

namespace TessraxEngine;

/// <summary>A source reports a value of something.</summary>
/// <param name="Subject">What it is about.</param>
/// <param name="Source">Who says so.</param>
/// <param name="Value">The value.</param>
public sealed record Reported(string Subject, string Source, double Value)
{
    public const string Event = "x-engine-reported";

    public static Reported FromJson(JsonValue json)
    {
        var reader = new ObjectReader(json);
        var reported = new Reported(
            reader.String("subject"),
            reader.String("source"),
            Numbers.Read(reader.Required("value"))
        );
        reader.End();
        return reported;
    }

    public JsonValue ToJson() =>
        JsonValue.Object(("subject", Subject), ("source", Source), ("value", JsonValue.Number(Value)));
}

/// <summary>The engine rules what is to be worked with, because reports contradict each other.</summary>
/// <param name="Subject">What it is about.</param>
/// <param name="Value">What is to be worked with.</param>
/// <param name="Rule">The strategy that ruled, with its version.</param>
/// <param name="Reports">The entries of the reports that it rests on, in order.</param>
public sealed record Ruled(string Subject, double Value, string Rule, IReadOnlyList<long> Reports)
{
    public const string Event = "x-engine-ruled";

    public static Ruled FromJson(JsonValue json)
    {
        var reader = new ObjectReader(json);
        var ruled = new Ruled(
            reader.String("subject"),
            Numbers.Read(reader.Required("value")),
            reader.String("rule"),
            [.. reader.Array("reports", 1024).Select(one => (long)Numbers.Read(one.Value))]
        );
        reader.End();
        return ruled;
    }

    public JsonValue ToJson() =>
        JsonValue.Object(
            ("subject", Subject),
            ("value", JsonValue.Number(Value)),
            ("rule", Rule),
            ("reports", JsonValue.Of(Reports.Select(JsonValue.Number)))
        );
}

internal static class Numbers
{
    public static double Read(JsonValue value) =>
        value.Kind == JsonKind.Number
            ? double.Parse(value.AsNumberText(), System.Globalization.CultureInfo.InvariantCulture)
            : throw new FormatException($"{value} is not a number");
}
