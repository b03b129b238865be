using System.Reflection;
using System.Text.RegularExpressions;
using Tessrax.Hashing;
using Xunit;

namespace Tessrax.Tests.Fuzz;

/// <summary>No parser of the core goes unfuzzed.</summary>
public partial class FuzzCoverageTests
{
    [Fact]
    public void Every_public_parser_is_in_the_table()
    {
        string[] parsers =
        [
            .. typeof(Digest).Assembly.GetExportedTypes().SelectMany(type => Parsers(type, true)).Distinct(),
        ];
        Assert.Contains("Entry.Parse", parsers);
        Assert.Contains("KeyFile.ReadPublic", parsers);
        Assert.True(parsers.Length > 40, $"only {parsers.Length} parsers were recognised");
        Assert.Empty(parsers.Except(FuzzTargets.All.SelectMany(target => target.Covers)));
    }

    [Fact]
    public void The_table_names_no_parser_that_is_not_there()
    {
        HashSet<string> all = [.. typeof(Digest).Assembly.GetTypes().SelectMany(type => Parsers(type, false))];
        Assert.Superset(FuzzTargets.All.SelectMany(target => target.Covers).ToHashSet(), all);
    }

    private static IEnumerable<string> Parsers(Type type, bool publicOnly) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(method => (publicOnly ? method.IsPublic : !method.IsPrivate) && ParserName().IsMatch(method.Name))
            .Where(method => !method.IsGenericMethod)
            .Select(method => $"{type.Name}.{method.Name}");

    // What opens something by a key or a verdict is named otherwise.
    [GeneratedRegex("^(Try)?(Parse|Read|FromJson)|^Ingest$")]
    private static partial Regex ParserName();
}
