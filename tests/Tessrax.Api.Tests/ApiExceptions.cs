namespace Tessrax.Api.Tests;

/// <summary>The members of which exceptions.txt says why fuzzing does not cover them.</summary>
internal static class ApiExceptions
{
    private static readonly string File = Path.Combine(AppContext.BaseDirectory, "exceptions.txt");

    /// <summary>By name: never (not called), fails (no generated call succeeds) or total (nothing is refused), and why.</summary>
    public static IReadOnlyDictionary<string, (string Kind, string Why)> All { get; } =
        System
            .IO.File.ReadLines(File)
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('\t'))
            .ToDictionary(parts => parts[1], parts => (parts[0], parts[2]), StringComparer.Ordinal);

    /// <summary>Whether a member must not be called.</summary>
    public static bool NeverCalled(ApiMember member) =>
        All.TryGetValue(member.Name, out var one) && one.Kind == "never";
}
