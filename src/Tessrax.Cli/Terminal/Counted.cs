using System.Globalization;

namespace Tessrax.Cli.Terminal;

/// <summary>Numbers of things in words.</summary>
internal static class Counted
{
    /// <summary><c>1 tile</c>, <c>2 tiles</c>.</summary>
    public static string Of(long count, string one) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{count} {one}{(count == 1 ? "" : one.EndsWith("sh", StringComparison.Ordinal) ? "es" : "s")}"
        );
}
