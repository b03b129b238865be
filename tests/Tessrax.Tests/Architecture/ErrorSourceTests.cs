using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace Tessrax.Tests.Architecture;

/// <summary>The catalogue of error codes held against the source: none is missing, dead, or thrown without a code.</summary>
public sealed partial class ErrorSourceTests
{
    // What a caller did wrong, what cannot be, and what the layer above turns into a code of ours.
    private static readonly string[] Uncoded =
    [
        "ArgumentException",
        "ArgumentOutOfRangeException",
        "InvalidOperationException",
        "NotSupportedException",
        "OperationCanceledException",
    ];

    // The layers that speak the framework's language; DiskErrors, Guard and PostgresFailure translate it.
    private static readonly Dictionary<string, string[]> Translated = new()
    {
        ["IOException"] =
        [
            "Files/",
            "Segments/ActiveSegment.cs",
            "Simulation/HttpMessages.cs",
            "Client/EventReader.cs",
        ],
        ["FormatException"] = ["Index/"],
        ["NpgsqlException"] = ["Postgres/Confirmation.cs"],
        // The protocol has error numbers of its own; what it says of them begins with our code, where there is one.
        ["McpProtocolException"] = ["Mcp/McpHost.cs"],
    };

    private static readonly (string File, string Text)[] Sources = SourceText.Of("src", "*.cs");

    private static readonly (string Field, string Code)[] Declared =
    [
        .. typeof(ErrorCodes)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.FieldType == typeof(ErrorCode))
            .Select(field => (field.Name, field.GetValue(null)!.ToString()!)),
    ];

    [Fact]
    public void Every_code_is_used_somewhere()
    {
        string uses = string.Concat(Sources.Where(s => !IsCatalogue(s.File)).Select(s => s.Text));
        Assert.Empty(
            Declared.Where(code => !Regex.IsMatch(uses, $@"\bErrorCodes\.{code.Field}\b")).Select(code => code.Field)
        );
    }

    [Fact]
    public void Every_code_that_is_written_somewhere_exists()
    {
        HashSet<string> known = [.. Declared.Select(code => code.Code)];
        (string File, string Text)[] texts =
        [
            .. Sources,
            .. SourceText.Of("docs", "*.md"),
            .. SourceText.Of("spec", "*.md"),
            .. SourceText.Of("spec", "*.json"),
            ("README.md", File.ReadAllText(Path.Combine(Spec.Root, "README.md"))),
        ];
        // TSX1234 stands for any code.
        Assert.Empty(
            texts
                .SelectMany(t => Code().Matches(t.Text).Select(m => (t.File, Code: m.Value)))
                .Where(found => found.Code != "TSX1234" && !known.Contains(found.Code))
                .Distinct()
        );
    }

    [Fact]
    public void No_failure_of_the_outside_world_goes_without_a_code() =>
        Assert.Empty(
            Sources
                .SelectMany(s => Thrown().Matches(s.Text).Select(m => (s.File, Type: m.Groups[1].Value)))
                .Where(thrown => !IsAllowed(thrown.File, thrown.Type))
                .Distinct()
        );

    [Fact]
    public void These_scans_find_something()
    {
        Assert.True(Sources.Length > 500);
        Assert.Contains(Sources, s => Thrown().IsMatch(s.Text));
        Assert.Contains(Sources, s => Code().IsMatch(s.Text));
        Assert.False(IsAllowed("src/Tessrax/Ledger/Entry.cs", "FormatException"));
    }

    private static bool IsAllowed(string file, string type) =>
        type == nameof(TessraxException)
        || Uncoded.Contains(type)
        || (Translated.TryGetValue(type, out string[]? places) && places.Any(place => file.Contains(place)));

    private static bool IsCatalogue(string file) =>
        Path.GetFileName(file).StartsWith("ErrorCodes.", StringComparison.Ordinal);

    [GeneratedRegex(@"TSX[0-9]{4}\b")]
    private static partial Regex Code();

    [GeneratedRegex(@"throw new (\w+)")]
    private static partial Regex Thrown();
}
