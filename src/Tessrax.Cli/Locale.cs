namespace Tessrax.Cli;

/// <summary>What the user's locale says of the terminal's letters.</summary>
internal static class Locale
{
    // POSIX, 8.2: the first that is set counts.
    private static readonly string[] Variables = ["LC_ALL", "LC_CTYPE", "LANG"];

    /// <summary>Whether letters beyond ASCII can be shown: also where nothing says that they cannot.</summary>
    public static bool HasUnicode(CliContext context) =>
        Variables.Select(context.Variable).FirstOrDefault(value => value is not null) is not { } locale
        || locale.Contains("UTF-8", StringComparison.OrdinalIgnoreCase)
        || locale.Contains("UTF8", StringComparison.OrdinalIgnoreCase);
}
