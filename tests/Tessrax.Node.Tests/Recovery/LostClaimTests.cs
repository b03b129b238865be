using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Reading;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;
using Tessrax.Node.Snapshots;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Recovery;

/// <summary>A lost claim, or what was told or decided of claims: the ledger can be read and written to, and takes nothing that rests on what is lost.</summary>
public sealed class LostClaimTests : IDisposable
{
    private readonly SmallLedger ledger = new(approvers: 0, other: 5.1);

    public void Dispose() => ledger.Dispose();

    [Theory]
    [InlineData(Events.ClaimsRecorded)]
    [InlineData(Events.ContradictionDetected)]
    [InlineData(Events.DecisionRecorded)]
    public void It_is_named_once_repaired_on_record_and_given_up(string name)
    {
        long lost = Lose(name);
        Verdict named = ledger.Ledger.Verify();
        Assert.False(named.Holds);
        Finding finding = Assert.Single(named.Stages.SelectMany(stage => stage.Findings));
        Assert.Equal(ErrorCodes.PayloadMissing, finding.Code);
        Assert.Contains($"entry {lost} is missing", finding.Message, StringComparison.Ordinal);
        using (LedgerView view = ledger.Ledger.View())
        {
            Assert.Equal(view.Size, view.Receipts().LongCount());
            Assert.True(view.Receipt(lost).IsLost);
        }

        using (LedgerWriter writer = ledger.Ledger.Open())
        {
            Assert.Single(RepairReceipts.Append(writer, ledger.Ledger.Environment).Entries);
            writer.Append([TestLedger.Own("after")]);
            Assert.True(new PayloadDesk(writer, ledger.Ledger.Environment.Disk).Erase(lost, "gone").IsRecorded);
            // From here on everything is as ever.
            new Ingestor(writer).Ingest([
                TestLedger.File(TestLedger.Claim("b1", "A", 5, "s1"), TestLedger.Claim("b2", "A", 9, "s2")),
            ]);
            writer.OpenEpoch();
        }

        Verdict verdict = ledger.Ledger.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }

    [Theory]
    [InlineData(Events.ClaimsRecorded)]
    [InlineData(Events.ContradictionDetected)]
    [InlineData(Events.DecisionRecorded)]
    public void Nothing_that_rests_on_it_is_recorded_so_that_a_copy_which_turns_up_still_fits(string name)
    {
        Lose(name);
        using (LedgerWriter writer = ledger.Ledger.Open())
        {
            // The very claim again, and one that contradicts it.
            foreach (string id in (string[])["a1", "c1"])
            {
                TessraxException refused = Assert.Throws<TessraxException>(() =>
                    new Ingestor(writer).Ingest([TestLedger.File(TestLedger.Claim(id, "A", 7, "s3"))])
                );
                if (name == Events.ClaimsRecorded || id == "c1")
                    Assert.Equal(ErrorCodes.PayloadMissing, refused.Code);
            }
            Assert.Throws<TessraxException>(() => writer.OpenEpoch());
            var desk = new PayloadDesk(writer, ledger.Ledger.Environment.Disk);
            CompactionPlan plan = desk.PlanCompaction(0);
            Assert.Throws<TessraxException>(() => desk.Compact(plan, "old"));
            writer.Append([TestLedger.Own("after")]);
        }

        Assert.True(Repair.Run(ledger.Path, [ledger.Mirror], ledger.Ledger.Environment).IsWhole);
        using (LedgerWriter writer = ledger.Ledger.Open())
        {
            RepairReceipts.Append(writer, ledger.Ledger.Environment);
            new Ingestor(writer).Ingest([TestLedger.File(TestLedger.Claim("c1", "A", 7, "s3"))]);
        }

        Verdict verdict = ledger.Ledger.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }

    [Fact]
    public void A_claim_that_a_proposal_waits_on_can_be_given_up_once_that_is_rejected()
    {
        using var waiting = new SmallLedger();
        long lost = Lose(waiting, Events.ClaimsRecorded);
        using (LedgerWriter writer = waiting.Ledger.Open())
        {
            long proposal = Assert.Single(writer.Fold.Proposals).Key;
            var desk = new PayloadDesk(writer, waiting.Ledger.Environment.Disk);
            var proposals = new ProposalDesk(writer);
            Assert.Equal(ErrorCodes.PayloadMissing, Refused(() => desk.Erase(lost, "gone")));
            Assert.Equal(
                ErrorCodes.PayloadMissing,
                Refused(() => proposals.Record(waiting.Ledger.Vote(writer, proposal, 1)))
            );
            for (int approver = 1; writer.Fold.Proposals.Count > 0; approver++)
                proposals.Record(waiting.Ledger.Vote(writer, proposal, approver, approves: false));
            PayloadOutcome asked = desk.Erase(lost, "gone");
            Assert.False(asked.IsRecorded);
            for (int approver = 1; writer.Fold.Proposals.Count > 0; approver++)
                proposals.Record(waiting.Ledger.Vote(writer, asked.Entry, approver));
            desk.Finish();
        }

        Verdict verdict = waiting.Ledger.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }

    [Fact]
    public void A_lost_proposal_lets_nobody_write_but_everybody_read()
    {
        using var waiting = new SmallLedger();
        long lost = Lose(waiting, Events.DecisionProposed);

        using (LedgerView view = waiting.Ledger.View())
        {
            Assert.True(view.Receipt(lost).IsLost);
            BundleMaker.Make(view, 0);
        }
        TessraxException refused = Assert.Throws<TessraxException>(() => waiting.Ledger.Open());

        Assert.Equal(ErrorCodes.PayloadMissing, refused.Code);
        Assert.Contains($"entry {lost}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("repair", refused.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_backup_without_it_can_be_restored_and_lacks_it_too()
    {
        long lost = Lose(Events.ClaimsRecorded);
        string file = ledger.Ledger.Beside("exported");
        using (FileStream output = File.Create(file))
            Assert.Equal(
                [lost],
                new LedgerExport(ledger.Ledger.Environment, ledger.Path, SnapshotKind.Backup).Write(output.Write).Lost
            );

        Restored restored = new Restoration(ledger.Ledger.Environment, ledger.Ledger.Trust)
        {
            Kind = SnapshotKind.Backup,
        }.Run(file, ledger.Ledger.Beside("again"));

        Assert.True(restored.IsMade);
        Assert.Equal([lost], restored.Lost);
        Assert.False(restored.Verdict.Holds);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_repair_left_out_is_not_laid_to_anybody_and_what_was_found_later_is_not_told_as_lost(bool isTold)
    {
        long lost = Lose(Events.ClaimsRecorded);
        if (isTold)
            Tell();

        RepairReport found = Repair.Run(ledger.Path, [ledger.Mirror], ledger.Ledger.Environment);

        Assert.True(found.IsWhole);
        RepairedPart part = Assert.Single(found.Parts);
        Assert.Equal(FaultCause.Missing, part.Cause);
        Assert.StartsWith($"the payload of entry {lost} is lost since", part.Says, StringComparison.Ordinal);
        LedgerRepaired told = Tell();
        Assert.False(told.Lost.Contains(lost));
        Assert.True(told.Restored.Contains(lost));
        Assert.Equal(!isTold, told.Causes.Contains(FaultCause.EditedByHand.ToText()));
    }

    private LedgerRepaired Tell()
    {
        using LedgerWriter writer = ledger.Ledger.Open();
        long entry = Assert.Single(RepairReceipts.Append(writer, ledger.Ledger.Environment).Entries);
        using LedgerView view = ledger.Ledger.View();
        return LedgerRepaired.Read(view.Receipt(entry).Entry.Body);
    }

    private static ErrorCode Refused(Action act) => Assert.Throws<TessraxException>(act).Code;

    private long Lose(string name) => Lose(ledger, name);

    // Somebody changes a payload of that event, and a repair finds it nowhere.
    private static long Lose(SmallLedger ledger, string name)
    {
        long lost = -1;
        SmallLedger.Rewrite(
            ledger.Path,
            SmallLedger
                .Batches(ledger.Path)
                .Select(batch =>
                {
                    StoredEntry[] entries = [.. batch.Entries];
                    for (int i = 0; i < entries.Length && lost < 0; i++)
                    {
                        if (entries[i].ToReceipt().Entry.Body.Event != name)
                            continue;
                        byte[] edited = entries[i].Payload.ToArray();
                        edited[^3] ^= 1;
                        entries[i] = entries[i] with { Payload = edited };
                        lost = batch.FirstIndex + i;
                    }
                    return batch with { Entries = entries };
                })
        );
        Assert.True(lost >= 0);
        Assert.Equal(
            lost,
            Assert
                .Single(
                    Repair
                        .Run(ledger.Path, [], ledger.Ledger.Environment)
                        .Parts.SelectMany(part => part.Lost)
                        .Distinct()
                )
                .Start
        );
        return lost;
    }
}
