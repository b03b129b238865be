using System.Text;
using Tessrax.Cli;
using Tessrax.Cli.Terminal;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests.Terminal;

/// <summary>A page in every width, as files that people can look at.</summary>
public sealed class PageTests
{
    private static readonly string Id = "sha256:" + string.Concat(Enumerable.Repeat("0123456789abcdef", 4));

    [Theory]
    [InlineData("page-20", 20, true)]
    [InlineData("page-80", 80, true)]
    [InlineData("page-120", 120, true)]
    [InlineData("page-pipe", CliContext.UnlimitedWidth, false)]
    public void Looks_like_this(string snapshot, int width, bool isTerminal)
    {
        using var bytes = new MemoryStream();
        var output = new TextOutput(bytes, color: false, isTerminal, width);
        output.Lines(Sample().Lay(width, isTerminal));
        output.Flush();
        string path = Path.Combine(Spec.Root, "tests", "Tessrax.EndToEnd.Tests", "Snapshots", snapshot + ".txt");
        Snapshot.CheckFile(path, Encoding.UTF8.GetString(bytes.ToArray()));
    }

    [Theory]
    [InlineData("one two three", 20, "one two three")]
    [InlineData("one two three", 7, "one two|three")]
    [InlineData("one two three", 8, "one two|three")]
    [InlineData("one  two", 4, "one|two")]
    [InlineData("abcdefgh", 3, "abc|def|gh")]
    [InlineData("a/long/path/to", 8, "a/long/|path/to")]
    [InlineData("a/longest-of-all", 6, "a/long|est-|of-all")]
    [InlineData("漢字漢字", 5, "漢字|漢字")]
    [InlineData("  set in", 6, "  set|in")]
    [InlineData("", 5, "")]
    public void Breaks_between_words_where_it_can(string text, int width, string lines) =>
        Assert.Equal(
            lines,
            string.Join('|', Wrapping.Wrap([text], width).Select(line => string.Concat(line.Parts.Select(p => p.Text))))
        );

    [Fact]
    public void An_id_is_never_broken_as_long_as_the_terminal_holds_it()
    {
        foreach (int width in Enumerable.Range(Id.Length + 2, 80))
        {
            IEnumerable<TextLine> lines = new Page()
                .Grid(
                    ["NAME", "PURPOSE", "KEY ID"],
                    [
                        ["a name of some length", "log", Id],
                    ]
                )
                .Lay(width, isTerminal: true);
            Assert.Contains(lines, line => line.Parts.Any(part => part.Text.Contains(Id, StringComparison.Ordinal)));
        }
    }

    [Theory]
    [InlineData(80, "ID         6")]
    [InlineData(120, "ID  LANE    SEVERITY  WHAT")]
    public void A_row_whose_text_would_be_squeezed_becomes_a_card(int width, string beginning)
    {
        Page page = new Page().Grid(
            ["ID", "LANE", "SEVERITY", "WHAT", "PROPOSED", "APPROVALS", "UNTIL"],
            [
                [
                    "6",
                    "triage",
                    "critical",
                    "cvss_v3_base_score of CVE-2026-1000 (score_0_10)",
                    "9.8 by rubysec",
                    "0 of 2 of security",
                    "2026-01-05T00:00Z",
                ],
            ]
        );
        TextLine first = page.Lay(width, isTerminal: true).First();
        Assert.StartsWith(beginning, string.Concat(first.Parts.Select(p => p.Text)), StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_come_as_they_are_asked_for_and_none_is_lost()
    {
        int made = 0;
        IEnumerable<IReadOnlyList<Cell>> rows = Enumerable
            .Range(0, 5000)
            .Select(i =>
            {
                made++;
                return (IReadOnlyList<Cell>)[$"{i}", "text"];
            });
        using IEnumerator<TextLine> lines = new Page()
            .Grid(["N", "TEXT"], rows)
            .Lay(80, isTerminal: true)
            .GetEnumerator();
        Assert.True(lines.MoveNext());
        Assert.InRange(made, 1, 1500);
        int count = 1;
        while (lines.MoveNext())
            count++;
        Assert.Equal(5000 + 2, count);
    }

    private static Page Sample()
    {
        var tree = new Branch(new Cell("9.8 by pypa", Tone.Strong));
        Branch claims = tree.Add("claims");
        claims.Add("9.8  pypa  2026-01-05  <- chosen");
        claims.Add("7.5  a source whose name is so long that it does not fit on a line of eighty columns at all");
        tree.Add("rule", new Cell(" highest", Tone.Value)).Add("the highest of the values that are stated wins");
        return new Page()
            .Heading("decision 17")
            .Line(
                "A sentence that tells what this is about, and goes on for a while so that it has to be wrapped somewhere."
            )
            .Facts(("recorded", "2026-01-05T00:00:00Z"), ("leaf", Id), ("said by", "\u202eevil\n漢字"))
            .Heading("entries")
            .Grid(
                ["INDEX", "TIME", "EVENT", "ABOUT"],
                [
                    ["1", "2026-01-05 00:00:00Z", "CLAIMS_RECORDED", "3 claims about CVE-2026-1000"],
                    [
                        "2",
                        "2026-01-05 00:00:01Z",
                        "CONTRADICTION_DETECTED",
                        "high: 9.8 by pypa and 7.5 by nvd differ by more than 0.5 in score",
                    ],
                    ["3", "2026-01-05 00:00:02Z", "x-言語", "שלום, and a\tword"],
                ]
            )
            .Heading("why")
            .Tree(tree);
    }
}
