using Tessrax.Governance;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Verification;

/// <summary>What stages come to: what was counted, the first findings and how many there are beyond them, what was not checked, and when each is over.</summary>
public sealed class StageBoardTests
{
    [Theory]
    [InlineData(StageBoard.MaxFindings, null)]
    [InlineData(StageBoard.MaxFindings + 1, "and 1 more")]
    [InlineData(StageBoard.MaxFindings + 2, "and 2 more")]
    public void Of_many_findings_the_first_are_told_and_how_many_more_there_are(int failures, string? more)
    {
        var board = new StageBoard(StoppedClock.Instance, "one", "other");
        for (int i = 0; i < failures; i++)
            board.Failed("one", ErrorCodes.BadValue, $"fault {i}");
        Stage stage = board.ToStages()[0];
        Assert.Equal(("one", false), (stage.Name, stage.Holds));
        Assert.Equal(
            [
                .. Enumerable.Range(0, StageBoard.MaxFindings).Select(i => $"fault {i}"),
                .. more is null ? Array.Empty<string>() : [more],
            ],
            stage.Findings.Select(finding => finding.Message)
        );
        Assert.Equal(failures, board.Failures("one"));
        Assert.True(board.HasFindings);
        Assert.True(board.ToStages()[1].Holds);
    }

    [Fact]
    public void What_was_counted_adds_up_and_what_was_not_checked_holds_neither_way()
    {
        var board = new StageBoard(StoppedClock.Instance, "one", "other");
        Assert.False(board.HasFindings);
        board.Passed("one");
        board.Passed("one", 4);
        Assert.Equal(
            (true, 5L, true),
            (board.ToStages()[0].Holds, board.ToStages()[0].Checked, board.ToStages()[0].Claimed)
        );
        board.NotChecked("one", ErrorCodes.NoTrust, "nobody asked");
        Assert.Equal((null, true), (board.ToStages()[0].Holds, board.ToStages()[0].Claimed));
        board.NotClaimed("other", ErrorCodes.NoTrust, "nobody asked");
        Assert.Equal((null, false), (board.ToStages()[1].Holds, board.ToStages()[1].Claimed));
        // What failed failed, whatever else was not checked.
        board.Failed(new Refusal(Aspect.Governance, ErrorCodes.StateBroken, "another state"));
        board.Failed("other", ErrorCodes.BadValue, "no");
        Assert.False(board.ToStages()[1].Holds);
        Assert.Equal(["one", "other", "governance"], board.ToStages().Select(stage => stage.Name));
        Assert.Equal(ErrorCodes.StateBroken, Assert.Single(board.ToStages()[2].Findings).Code);
    }

    [Fact]
    public void A_stage_that_does_not_apply_is_left_out_unless_it_failed()
    {
        var board = new StageBoard(StoppedClock.Instance, "one", "other");
        board.Failed("other", ErrorCodes.BadValue, "no");
        board.Drop("one");
        board.Drop("other");
        Assert.Equal(["other"], board.ToStages().Select(stage => stage.Name));
    }

    [Fact]
    public void Whoever_watches_is_told_of_each_stage_that_is_over_but_for_those_left_out()
    {
        var told = new List<string>();
        var board = new StageBoard(StoppedClock.Instance, "one", "two", "three")
        {
            Watcher = stage => told.Add($"{stage.Name} {stage.Checked}"),
        };
        board.Passed("one", 3);
        board.Drop("two");
        board.Over("one", "two");
        Assert.Equal(["one 3"], told);
        board.Over("three");
        Assert.Equal(["one 3", "three 0"], told);
        new StageBoard(StoppedClock.Instance, "one").Over("one");
    }
}
