using System.Globalization;

namespace Tessrax.Cli.Terminal;

/// <summary>Numbers of things in words.</summary>
internal static class Counted
{
    /// <summary><c>1 tile</c>, <c>2 tiles</c>, <c>2 entries</c>.</summary>
    public static string Of(long count, string one) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : Many(one))}");

    /// <summary>The same with thousands set apart: <c>1,000 bytes</c>.</summary>
    public static string Apart(long count, string one) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : Many(one))}");

    private static string Many(string one) =>
        one.EndsWith("sh", StringComparison.Ordinal) ? one + "es"
        : one.EndsWith("ry", StringComparison.Ordinal) ? one[..^1] + "ies"
        : one + "s";
}
