using System.Globalization;
using Tessrax.Canonical;

namespace Tessrax.Cli.Commands.Bench;

/// <summary>What many measurements of one thing say.</summary>
internal sealed record Sample(int Count, double Median, double P90, double P99, double Max)
{
    /// <param name="values">At least one; sorted here.</param>
    public static Sample Of(List<double> values)
    {
        values.Sort();
        return new Sample(values.Count, At(values, 0.5), At(values, 0.9), At(values, 0.99), values[^1]);
    }

    public JsonValue ToJson(string name, string unit) =>
        JsonValue.Object(
            ("name", name),
            ("unit", unit),
            ("samples", Count),
            ("median", Number(Median)),
            ("p90", Number(P90)),
            ("p99", Number(P99)),
            ("max", Number(Max))
        );

    /// <summary>Four digits that mean something.</summary>
    public static string Show(double value) => Rounded(value).ToString("0.######", CultureInfo.InvariantCulture);

    private static JsonValue Number(double value) => JsonValue.Number(Rounded(value));

    private static double Rounded(double value) =>
        double.Parse(value.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static double At(List<double> sorted, double part) => sorted[(int)Math.Round(part * (sorted.Count - 1))];
}
