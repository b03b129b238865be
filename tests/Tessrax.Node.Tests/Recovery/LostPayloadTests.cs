using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Reading;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;
using Tessrax.Node.Snapshots;
using Tessrax.Verification;
using Xunit;
using Fault = Tessrax.Node.Recovery.Fault;

namespace Tessrax.Node.Tests.Recovery;

/// <summary>A payload that nobody has any more: it is named for ever, and keeps nobody from anything else.</summary>
public sealed class LostPayloadTests : IDisposable
{
    private readonly SmallLedger ledger = new(approvers: 0);

    public void Dispose() => ledger.Dispose();

    [Fact]
    public void The_doctor_says_that_it_is_lost_and_since_which_repair()
    {
        long lost = Lose();
        Fault owed = Assert.Single(Damage());
        Assert.Equal(ErrorCodes.PayloadMissing, owed.Code);
        Assert.Equal($"the payload of entry {lost} is lost since a repair that no entry tells of yet", owed.Says);

        long told = Assert.Single(Tell());

        Fault fault = Assert.Single(Damage());
        Assert.Equal(FaultCause.Missing, fault.Cause);
        Assert.Equal(new LeafRange(lost, lost + 1), fault.Entries);
        Assert.Equal($"the payload of entry {lost} is lost since the repair that entry {told} tells of", fault.Says);
        Assert.StartsWith("tessraxctl repair", fault.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_takes_a_payload_out_and_marks_it_as_lost_is_not_excused_by_a_repair()
    {
        SmallLedger.Rewrite(
            ledger.Path,
            SmallLedger
                .Batches(ledger.Path)
                .Select(batch =>
                    batch.NextIndex < 30
                        ? batch
                        : batch with
                        {
                            Entries = [.. batch.Entries.Select(e => new StoredEntry(e.Entry, default, default))],
                        }
                )
        );

        Fault fault = Assert.Single(Damage());

        Assert.Contains("no repair that is known of", fault.Says, StringComparison.Ordinal);
        Assert.False(ledger.Ledger.Verify().Holds);
    }

    [Fact]
    public void The_bytes_that_do_not_fit_are_quarantined_and_the_record_says_lost()
    {
        byte[] edited = Edit();

        RepairReport report = Run([]);

        long lost = Assert.Single(report.Parts.SelectMany(part => part.Lost).Distinct()).Start;
        StoredEntry stored = SmallLedger.Batches(ledger.Path).SelectMany(b => b.Entries).ElementAt((int)lost);
        Assert.True(stored.IsLostAndBearable);
        Assert.Contains(
            Directory.GetFiles(Path.Combine(ledger.Path, "quarantine")),
            file => File.ReadAllBytes(file).AsSpan().IndexOf(edited) >= 0
        );
    }

    [Fact]
    public void Repairs_with_nothing_new_to_do_keep_nothing_and_tell_of_nothing()
    {
        long lost = Lose();
        Tell();
        string[] before = Kept();

        for (int i = 0; i < 3; i++)
        {
            RepairReport report = Run([]);
            Assert.False(report.IsWhole);
            Assert.Equal([new LeafRange(lost, lost + 1)], report.Parts.SelectMany(part => part.Lost));
            Assert.Equal(0, report.Owed);
            Assert.Empty(Tell());
            Assert.False(Repair.Run(ledger.Path, [], ledger.Ledger.Environment, isDry: true).IsWhole);
        }

        Assert.Equal(before, Kept());
    }

    [Fact]
    public void Verifying_names_the_entry_and_never_holds()
    {
        long lost = Lose();

        Verdict verdict = ledger.Ledger.Verify();

        Assert.False(verdict.Holds);
        Stage failed = Assert.Single(verdict.Stages, stage => stage.Holds == false);
        Assert.Equal("commitments", failed.Name);
        Finding finding = Assert.Single(failed.Findings);
        Assert.Equal(ErrorCodes.PayloadMissing, finding.Code);
        Assert.Contains($"the payload of entry {lost} is missing", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_epoch_is_opened_and_its_state_is_the_one_that_those_who_have_the_payload_work_out()
    {
        string mirror = ledger.Mirror;
        Lose();
        using (LedgerWriter writer = ledger.Ledger.Open())
        {
            writer.OpenEpoch();
            writer.Append([TestLedger.Own("after")]);
        }

        Stage failed = Assert.Single(ledger.Ledger.Verify().Stages, stage => stage.Holds == false);
        Assert.Equal("commitments", failed.Name);
        Assert.True(Run([mirror]).IsWhole);
        Assert.True(ledger.Ledger.Verify().Holds);
    }

    [Theory]
    [InlineData(SnapshotKind.Snapshot)]
    [InlineData(SnapshotKind.Backup)]
    public void A_snapshot_and_a_backup_say_what_is_missing_and_what_is_made_of_them_does_too(SnapshotKind kind)
    {
        long lost = Lose();
        string file = ledger.Ledger.Beside("exported");
        SnapshotMade made;
        using (FileStream output = File.Create(file))
            made = new LedgerExport(ledger.Ledger.Environment, ledger.Path, kind).Write(output.Write);
        Assert.Equal([lost], made.Lost);

        string again = ledger.Ledger.Beside("again");
        Restored restored = new Restoration(ledger.Ledger.Environment, ledger.Ledger.Trust) { Kind = kind }.Run(
            file,
            again
        );

        Assert.True(restored.IsMade);
        Assert.Equal([lost], restored.Lost);
        Assert.False(restored.Verdict.Holds);
        Assert.Equal(
            SmallLedger.Batches(ledger.Path).SelectMany(b => b.Entries).Count(e => e.IsLost),
            SmallLedger.Batches(again).SelectMany(b => b.Entries).Count(e => e.IsLost)
        );
        Assert.Contains(
            Doctor.Examine(again, ledger.Ledger.Environment).Faults,
            fault => fault.Code == ErrorCodes.PayloadMissing
        );
        // What a mirror still has is put into the restored one as well.
        Assert.True(Repair.Run(again, [ledger.Mirror], ledger.Ledger.Environment).IsWhole);
    }

    [Fact]
    public void A_backup_that_lacks_a_payload_on_which_something_rests_makes_nothing()
    {
        string file = ledger.Ledger.Beside("stripped");
        using (FileStream output = File.Create(file))
        using (var reader = new SegmentReader(ledger.Path, ledger.Ledger.Environment.Disk, static (_, _) => true))
        {
            LedgerDirectory facts = LedgerDirectory.Open(ledger.Path, ledger.Ledger.Environment.Disk);
            var writer = new SnapshotWriter(
                SnapshotKind.Backup,
                new SnapshotFacts(facts.Origin, facts.Id, facts.Hasher),
                output.Write
            );
            foreach (Batch batch in reader.ReadAll())
                writer.Add(
                    batch with
                    {
                        Entries =
                        [
                            .. batch.Entries.Select(e =>
                                e.ToReceipt().Entry.Body.Event == Events.DecisionProposed
                                    ? new StoredEntry(e.Entry, default, default)
                                    : e
                            ),
                        ],
                    }
                );
            writer.EndLedger();
            writer.Finish();
        }

        Restored restored = new Restoration(ledger.Ledger.Environment, ledger.Ledger.Trust).Run(
            file,
            ledger.Ledger.Beside("again")
        );

        Assert.False(restored.IsMade);
        Assert.False(Directory.Exists(ledger.Ledger.Beside("again")));
    }

    [Fact]
    public void Proving_it_says_that_the_payload_is_missing()
    {
        long lost = Lose();
        using LedgerView view = ledger.Ledger.View();

        TessraxException refused = Assert.Throws<TessraxException>(() => BundleMaker.Make(view, lost));

        Assert.Equal(ErrorCodes.Damaged, refused.Code);
        Assert.Contains($"entry {lost} is lost", refused.Message, StringComparison.Ordinal);
        BundleMaker.Make(view, 0);
    }

    [Fact]
    public void It_can_be_given_up_as_any_payload_is_erased_and_others_beside_it_can_be_erased()
    {
        long lost = Lose();
        using (LedgerWriter writer = ledger.Ledger.Open())
        {
            var desk = new PayloadDesk(writer, ledger.Ledger.Environment.Disk);
            Assert.True(desk.Erase(1, "asked for").IsRecorded);
            Assert.False(ledger.Ledger.Verify().Holds);
            PayloadOutcome given = desk.Erase(lost, "nobody has it");
            Assert.True(given is { IsRecorded: true, WasLost: true, Done: { Payloads: 0, Segments: 1 } });
        }
        Assert.Contains(
            ledger.Ledger.Verify().Excludes,
            said => said.StartsWith($"what the payload of entry {lost} said", StringComparison.Ordinal)
        );
        // A repair has the erasures looked at again. Nothing but derived files goes then.
        byte[] bytes = File.ReadAllBytes(ledger.Segment(1));
        bytes[200] ^= 1;
        File.WriteAllBytes(ledger.Segment(1), bytes);
        Assert.True(Run([]).IsWhole);
        using (LedgerWriter writer = ledger.Ledger.Open())
        {
            Assert.Equal(0, writer.Erased?.Payloads ?? 0);
            Assert.Equal(writer.Erased?.Derived, writer.Erased?.Other);
        }
        Tell();

        Verdict verdict = ledger.Ledger.Verify();

        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Empty(Damage());
    }

    [Fact]
    public void A_retry_by_nonce_of_what_was_lost_is_not_taken_for_something_else()
    {
        Draft draft = TestLedger.Own("text to lose") with { Nonce = Convert.ToBase64String(new byte[16]) };
        long index;
        using (LedgerWriter writer = ledger.Ledger.Open())
            index = writer.Append([draft])[0].Entry.Index;
        SmallLedger.Rewrite(
            ledger.Path,
            SmallLedger
                .Batches(ledger.Path)
                .Select(batch =>
                    batch.NextIndex <= index
                        ? batch
                        : batch with
                        {
                            Entries = [.. batch.Entries.Select(e => new StoredEntry(e.Entry, default, default))],
                        }
                )
        );
        using LedgerWriter again = ledger.Ledger.Open();

        TessraxException refused = Assert.Throws<TessraxException>(() => again.Append([draft]));

        Assert.Contains("was lost: nobody can tell", refused.Message, StringComparison.Ordinal);
    }

    private long Lose()
    {
        Edit();
        return Assert.Single(Run([]).Parts.SelectMany(part => part.Lost).Distinct()).Start;
    }

    // Somebody changes one payload, and makes the checksum hold.
    private byte[] Edit()
    {
        byte[] edited = [];
        SmallLedger.Rewrite(
            ledger.Path,
            SmallLedger
                .Batches(ledger.Path)
                .Select(batch =>
                {
                    StoredEntry[] entries = [.. batch.Entries];
                    if (batch.NextIndex < 30)
                        return batch;
                    edited = entries[^1].Payload.ToArray();
                    edited[edited.AsSpan().IndexOf("text "u8)] ^= 1;
                    entries[^1] = entries[^1] with { Payload = edited };
                    return batch with { Entries = entries };
                })
        );
        return edited;
    }

    private IReadOnlyList<long> Tell()
    {
        using LedgerWriter writer = ledger.Ledger.Open();
        return RepairReceipts.Append(writer, ledger.Ledger.Environment).Entries;
    }

    private Fault[] Damage() => [.. ledger.Examine().Faults.Where(fault => fault.Weight == FaultWeight.Damage)];

    private string[] Kept() =>
        [.. Directory.GetFiles(Path.Combine(ledger.Path, "quarantine")).Order(StringComparer.Ordinal)];

    private RepairReport Run(IReadOnlyList<string> copies) =>
        Repair.Run(ledger.Path, copies, ledger.Ledger.Environment);
}
