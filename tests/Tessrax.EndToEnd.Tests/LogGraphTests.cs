using System.Text;
using System.Text.RegularExpressions;
using Tessrax.Canonical;
using Tessrax.Node.Appending;

namespace Tessrax.EndToEnd.Tests;

/// <summary><c>log --graph</c> draws which entries belong together.</summary>
public sealed partial class LogGraphTests : IDisposable
{
    private readonly LedgerHome home = new LedgerHome().WithClaims();

    public LogGraphTests()
    {
        // A third claim about CVE-1 contradicts what the first entry holds, again.
        Ingest(LedgerHome.Claim("a3", "CVE-1", "6.9", "osv"), LedgerHome.Claim("d1", "CVE-4", "5.0", "osv"));
        home.Ctl.Must("rotate", home.Path);
        Ingest(LedgerHome.Claim("a4", "CVE-1", "6.8", "nvd"));
    }

    public void Dispose() => home.Dispose();

    [Fact]
    public void Entries_of_one_story_stand_on_one_line_and_lines_meet_where_they_come_from() =>
        Assert.Equal(
            """
            ● 15 DECISION_RECORDED
            ● 14 CONTRADICTION_DETECTED
            ● 13 CLAIMS_RECORDED
            │ ○ 12 EPOCH_OPENED
            │ ── epoch 1
            │ ○ 11 CLAIMS_RECORDED
            │ ● 10 DECISION_RECORDED
            │ ● 9 CONTRADICTION_DETECTED
            ├─┘
            ● 8 CLAIMS_RECORDED
            │ ○ 7 CLAIMS_RECORDED
            │ ● 6 DECISION_PROPOSED
            │ ● 5 CONTRADICTION_DETECTED
            │ ◉ 4 CLAIMS_RECORDED
            │ ● 3 DECISION_RECORDED
            │ ● 2 CONTRADICTION_DETECTED
            ├─┘
            ◉ 1 CLAIMS_RECORDED
            ○ 0 LEDGER_CREATED
            """,
            Drawn()
        );

    [Fact]
    public void Where_the_locale_has_no_more_than_ascii_it_is_drawn_in_that()
    {
        home.Ctl.Variables["LC_ALL"] = "C";
        string drawn = Drawn();
        Assert.All(drawn.Where(letter => letter != '\n'), letter => Assert.InRange(letter, ' ', '~'));
        Assert.Equal(
            """
            * 15 DECISION_RECORDED
            * 14 CONTRADICTION_DETECTED
            * 13 CLAIMS_RECORDED
            | o 12 EPOCH_OPENED
            | -- epoch 1
            | o 11 CLAIMS_RECORDED
            | * 10 DECISION_RECORDED
            | * 9 CONTRADICTION_DETECTED
            |_/
            * 8 CLAIMS_RECORDED
            | o 7 CLAIMS_RECORDED
            | * 6 DECISION_PROPOSED
            | * 5 CONTRADICTION_DETECTED
            | @ 4 CLAIMS_RECORDED
            | * 3 DECISION_RECORDED
            | * 2 CONTRADICTION_DETECTED
            |_/
            @ 1 CLAIMS_RECORDED
            o 0 LEDGER_CREATED
            """,
            drawn
        );
    }

    [Theory]
    [InlineData(20)]
    [InlineData(33)]
    [InlineData(80)]
    public void Stories_that_have_no_column_of_their_own_share_the_last(int width)
    {
        // Each waits for approvals, so all lines run on to where their claims were recorded.
        string[] subjects = [.. Enumerable.Range(10, 6).Select(i => $"CVE-{i}")];
        Ingest([
            .. subjects.SelectMany(subject =>
                (string[])
                    [
                        LedgerHome.Claim($"{subject}-1", subject, "9.8", "osv"),
                        LedgerHome.Claim($"{subject}-2", subject, "4.9", "nvd"),
                    ]
            ),
        ]);
        foreach (string subject in subjects)
            Ingest(LedgerHome.Claim($"{subject}-3", subject, "4.8", "pypa"));
        var narrow = new InProcess { IsTerminal = true, Width = width };
        narrow.Variables["NO_COLOR"] = "1";
        CtlResult drawn = narrow.Run("log", home.Path, "--graph", "--no-pager");
        Assert.Equal(0, drawn.ExitCode);
        Assert.All(drawn.Lines, line => Assert.InRange(TextWidth.Of(line), 0, width));
        Assert.Equal(width < 80, drawn.Text.Contains('┊', StringComparison.Ordinal));
    }

    [Fact]
    public void Programs_are_told_the_column()
    {
        JsonValue[] rows =
        [
            .. home
                .Ctl.Must("log", home.Path, "--graph", "--json")
                .Lines.Select(line => JsonValue.Parse(Encoding.UTF8.GetBytes(line))),
        ];
        Assert.Equal(
            "0 0 0 1 1 1 1 0 1 1 1 1 1 1 0 0",
            string.Join(' ', rows.Select(row => row["column"]!.AsNumberText()))
        );
    }

    [Theory]
    [InlineData("--follow")]
    [InlineData("--event", "CLAIMS_RECORDED")]
    public void What_cannot_be_drawn_is_refused(params string[] options)
    {
        CtlResult result = home.Ctl.Run(["log", home.Path, "--graph", .. options]);
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("error TSX1012: --graph draws all entries", result.Error, StringComparison.Ordinal);
    }

    // The lines, the indexes and the events.
    private string Drawn() =>
        string.Join('\n', home.Ctl.Must("log", home.Path, "--graph", "--oneline").Lines.Select(Short));

    private static string Short(string line) => Event().Match(line) is { Success: true } found ? found.Value : line;

    [GeneratedRegex("^.*?(?:[A-Z]+_[A-Z]+|epoch [0-9])")]
    private static partial Regex Event();

    private void Ingest(params string[] claims)
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', claims)));
        using LedgerWriter writer = home.Open();
        new Ingestor(writer).Ingest([ClaimFile.Read("more.jsonl", input)]);
    }
}
