using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Appending;

/// <summary>A ledger that was retired: on the disk, with any writer.</summary>
public sealed class RetirementWriterTests : IDisposable
{
    private readonly TestLedger ledger = new();

    public void Dispose() => ledger.Dispose();

    [Fact]
    public async Task It_is_read_and_verified_on_and_no_writer_takes_anything_also_after_it_was_opened_again()
    {
        long size;
        using (LedgerWriter writer = ledger.Open())
        {
            writer.Append([TestLedger.Own("before")]);
            GovernOutcome asked = Ask(writer, "discontinued");
            Assert.False(asked.IsRecorded);
            var desk = new ProposalDesk(writer);
            desk.Record(ledger.Vote(writer, asked.Entry, 1));
            Assert.Null(writer.Fold.State.Retired);
            Receipt retired = desk.Record(ledger.Vote(writer, asked.Entry, 2))[^1];
            Assert.Equal(Events.LedgerRetired, retired.Entry.Body.Event);
            Refuses(() => writer.Append([TestLedger.Own("late")]));
            size = writer.Fold.Size;
        }
        using (LedgerWriter writer = ledger.Open())
        {
            Refuses(() => writer.Append([TestLedger.Own("later")]));
            Refuses(() => writer.OpenEpoch());
            Refuses(() => Ask(writer, "once more"));
            Refuses(() => new Rollover(writer, ledger.Beside("next"), ledger.Environment).Plan(null, "blake3"));
            Assert.False(Directory.Exists(ledger.Beside("next")));
            Assert.Equal(size, writer.Fold.Size);
        }
        await using (var pipeline = new LedgerPipeline(ledger.Open()))
            Assert.Equal(
                ErrorCodes.LedgerRetired,
                (
                    await Assert.ThrowsAsync<TessraxException>(async () =>
                        await pipeline.AppendAsync(new OwnDraft("x-test", "{\"text\":\"latest\"}"u8.ToArray()))
                    )
                ).Code
            );
        Verdict verdict = ledger.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal(new Retirement(size - 1, "discontinued"), verdict.Retired);
        Assert.Equal("discontinued", verdict.ToJson()["retired"]!["reason"]!.AsString());
    }

    private static GovernOutcome Ask(LedgerWriter writer, string reason) =>
        new ProposalDesk(writer).Ask(Events.LedgerRetired, new LedgerRetired(reason).ToControl(), KeyDesk.Validity);

    private static void Refuses(Action late)
    {
        TessraxException refused = Assert.Throws<TessraxException>(late);
        Assert.Equal(ErrorCodes.LedgerRetired, refused.Code);
        Assert.Contains("discontinued", refused.Message, StringComparison.Ordinal);
    }
}
