using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Reading;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;
using Tessrax.Node.Snapshots;
using Tessrax.Node.Tests.Files;
using Tessrax.Node.Tests.Segments;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Recovery;

/// <summary>What is damaged comes back exactly as it was, or is named as lost.</summary>
public sealed class RepairTests : IDisposable
{
    private readonly SmallLedger ledger = new();

    public void Dispose() => ledger.Dispose();

    [Fact]
    public void Every_way_to_break_a_ledger_is_mended_from_a_mirror_to_the_same_content()
    {
        var wrong = new List<string>();
        List<Batch> before = SmallLedger.Batches(ledger.Mirror);
        foreach (BreakCase broken in FaultTable.Cases)
        {
            ledger.Reset();
            broken.Break(ledger);
            RepairReport report = Run([ledger.Mirror]);
            if (!report.IsWhole || !IsSame(before, SmallLedger.Batches(ledger.Path)) || !ledger.Ledger.Verify().Holds)
                wrong.Add(
                    $"{broken.Name}: {string.Join(' ', report.Parts.Select(p => p.ToJson()))} {string.Join(' ', report.After.Faults.Select(f => f.ToJson()))}"
                );
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void What_the_ledger_itself_still_has_is_enough_to_mend_it()
    {
        var wrong = new List<string>();
        List<Batch> before = SmallLedger.Batches(ledger.Mirror);
        foreach (BreakCase broken in FaultTable.Cases)
        {
            ledger.Reset();
            broken.Break(ledger);
            RepairReport report = Run([]);
            bool isMended = report.IsWhole && IsSame(before, SmallLedger.Batches(ledger.Path));
            if (isMended != broken.IsMendedAlone)
                wrong.Add(
                    $"{broken.Name}: {string.Join(' ', report.Parts.Select(p => p.ToJson()))} {string.Join(' ', report.After.Faults.Select(f => f.ToJson()))}"
                );
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void What_nobody_has_is_named_to_the_entry_and_the_rest_stays()
    {
        File.Delete(ledger.Segment(1));
        Directory.Delete(Path.Combine(ledger.Path, "tiles"), recursive: true);

        RepairReport report = Run([]);

        RepairedPart part = Assert.Single(report.Parts);
        Assert.Equal([new LeafRange(8, 16)], part.Lost);
        Assert.Empty(part.Restored);
        Assert.False(report.IsWhole);
        Assert.False(File.Exists(ledger.Segment(1)));
        Assert.False(ledger.Ledger.Verify().Holds);
    }

    [Fact]
    public void A_dry_run_says_what_would_be_done_and_changes_nothing()
    {
        FaultTable.Flip(ledger.Segment(1), 500);
        Dictionary<string, byte[]> before = Files();

        RepairReport report = Run([], isDry: true);

        Assert.Equal([new LeafRange(8, 11)], Assert.Single(report.Parts).Restored);
        Assert.True(report.IsWhole);
        Dictionary<string, byte[]> after = Files();
        Assert.Equal(before.Keys.Order(), after.Keys.Order());
        Assert.All(before, file => Assert.Equal(file.Value, after[file.Key]));
    }

    [Fact]
    public void The_damaged_bytes_are_kept_with_the_reason_why()
    {
        byte[] damaged = File.ReadAllBytes(ledger.Segment(1));
        damaged[500] ^= 4;
        File.WriteAllBytes(ledger.Segment(1), damaged);

        Run([]);

        string folder = Path.Combine(ledger.Path, "quarantine");
        string companion = Assert.Single(Directory.GetFiles(folder, "*.json"));
        QuarantineNote note = QuarantineNote.Parse(File.ReadAllBytes(companion));
        byte[] kept = File.ReadAllBytes(companion[..^".json".Length]);
        Assert.Equal(damaged[(int)note.Bytes!.Value.Start..(int)note.Bytes.Value.End], kept);
        Assert.Equal(FaultCause.BitRot, note.Cause);
        Assert.Equal([new LeafRange(8, 11)], note.Restored);
        Assert.Equal(note.ToJson(), QuarantineNote.Parse(note.ToJson().ToCanonicalBytes()).ToJson());
    }

    [Fact]
    public void A_ledger_that_was_mended_takes_entries_again()
    {
        File.Delete(ledger.Segment(2));
        Run([ledger.Mirror]);

        using (LedgerWriter writer = ledger.Ledger.Open())
            writer.Append([TestLedger.Own("after")]);

        Assert.Equal(31, ledger.Examine().Proven.Size);
        Assert.True(ledger.Ledger.Verify().Holds);
    }

    [Fact]
    public void An_older_copy_is_not_mended_by_itself_but_by_a_newer_one()
    {
        FaultTable.Cases.Single(c => c.Cause == FaultCause.Rollback).Break(ledger);

        Assert.False(Run([]).IsWhole);
        Assert.Equal(ErrorCodes.Behind, Assert.Throws<TessraxException>(() => ledger.Ledger.Open().Dispose()).Code);
        Assert.True(Run([ledger.Mirror]).IsWhole);
        ledger.Ledger.Open().Dispose();
    }

    [Fact]
    public void A_tail_that_is_lost_keeps_the_log_from_signing_again_although_no_mark_is_left()
    {
        string checkpoint = Path.Combine(ledger.Path, "checkpoint");
        byte[] signed = File.ReadAllBytes(checkpoint);
        // Tiles still know the leaves that are gone, but nobody has their entries.
        string bundles = Path.Combine(ledger.Path, "tiles", "tile", "entries");
        if (Directory.Exists(bundles))
            Directory.Delete(bundles, recursive: true);
        string last = Directory
            .GetFiles(Path.Combine(ledger.Path, "segments"), "*.seg")
            .Order(StringComparer.Ordinal)
            .Last();
        using (FileStream file = File.OpenWrite(last))
            file.SetLength(1200);
        Directory.Delete(ledger.Ledger.State, recursive: true);

        RepairReport report = Run([]);

        Assert.False(report.IsWhole);
        Assert.Equal(signed, File.ReadAllBytes(checkpoint));
        Assert.Equal(ErrorCodes.Behind, Assert.Throws<TessraxException>(() => ledger.Ledger.Open().Dispose()).Code);
    }

    [Fact]
    public void A_mirror_that_was_edited_gives_nothing_that_the_root_does_not_cover()
    {
        File.Delete(ledger.Segment(1));
        Directory.Delete(Path.Combine(ledger.Path, "tiles"), recursive: true);
        SmallLedger.Rewrite(
            ledger.Mirror,
            SmallLedger
                .Batches(ledger.Mirror)
                .Select(batch =>
                    batch.FirstIndex != 11
                        ? batch
                        : batch with
                        {
                            Entries =
                            [
                                batch.Entries[0] with
                                {
                                    Payload = "{\"data\":{\"text\":\"forged\"},\"state\":null}"u8.ToArray(),
                                },
                                .. batch.Entries.Skip(1),
                            ],
                        }
                )
        );

        RepairReport report = Run([ledger.Mirror]);

        Assert.Equal([new LeafRange(11, 12)], report.Parts.SelectMany(part => part.Lost));
        Assert.False(ledger.Ledger.Verify().Holds);
    }

    [Fact]
    public void A_payload_that_nobody_has_is_lost_and_not_erased_and_the_rest_goes_on()
    {
        BreakCase broken = FaultTable.Cases.Single(c => c.Name == "a payload edited, and the checksum made to hold");
        broken.Break(ledger);

        RepairReport report = Run([]);

        LeafRange[] lost = [.. report.Parts.SelectMany(part => part.Lost)];
        Assert.NotEmpty(lost);
        Assert.All(lost, range => Assert.Equal(1, range.Length));
        using (LedgerView view = ledger.Ledger.View())
        {
            Receipt receipt = view.Receipt(lost[0].Start);
            Assert.True(receipt.IsLost);
            Assert.False(receipt.IsErased);
        }
        using (LedgerWriter writer = ledger.Ledger.Open())
            writer.Append([TestLedger.Own("after")]);
        Verdict verdict = ledger.Ledger.Verify();
        Assert.False(verdict.Holds);
        Assert.Contains(verdict.Stages, stage => stage is { Name: "commitments", Holds: false });
        // Found after all: in a mirror that comes later.
        Assert.True(Run([ledger.Mirror]).IsWhole);
        Assert.True(ledger.Ledger.Verify().Holds);
    }

    [Fact]
    public void What_was_erased_comes_back_from_no_mirror()
    {
        const long erased = 9;
        using var alone = new SmallLedger(approvers: 0);
        using (LedgerWriter writer = alone.Ledger.Open())
            writer.Append([
                new Draft
                {
                    Event = Events.PayloadErased,
                    Control = new PayloadErased([new ErasedEntry(erased, null)], "asked for").ToControl(),
                },
            ]);
        string mirror = alone.Ledger.Beside("with the payload");
        SmallLedger.CopyDirectory(alone.Path, mirror);
        SmallLedger.Rewrite(
            alone.Path,
            SmallLedger
                .Batches(alone.Path)
                .Select(batch =>
                    batch with
                    {
                        Entries = [.. batch.Entries.Select((e, i) => batch.FirstIndex + i == erased ? e.Erase() : e)],
                    }
                )
        );
        Assert.True(alone.Ledger.Verify().Holds);
        FaultTable.Zero(alone.Segment(1), 64, 3000);

        RepairReport report = Repair.Run(alone.Path, [mirror], alone.Ledger.Environment);

        Assert.True(report.IsWhole, report.ToJson().ToString());
        StoredEntry kept = SmallLedger.Batches(alone.Path).SelectMany(batch => batch.Entries).ElementAt((int)erased);
        Assert.True(kept.IsErased);
        Assert.True(kept.Payload.IsEmpty);
        Assert.Contains(Directory.GetFiles(Path.Combine(alone.Path, "quarantine")), IsBytes);
        alone.Ledger.Open().Dispose();
        Assert.DoesNotContain(Directory.GetFiles(Path.Combine(alone.Path, "quarantine")), IsBytes);
        Assert.True(alone.Ledger.Verify().Holds);
    }

    [Fact]
    public void A_receipt_tells_of_the_repair_once()
    {
        FaultTable.Flip(ledger.Segment(1), 500);
        Assert.Equal(1, Run([]).Owed);

        IReadOnlyList<long> told;
        using (LedgerWriter writer = ledger.Ledger.Open())
        {
            told = RepairReceipts.Append(writer, ledger.Ledger.Environment).Entries;
            Assert.Empty(RepairReceipts.Append(writer, ledger.Ledger.Environment).Entries);
        }

        using LedgerView view = ledger.Ledger.View();
        LedgerRepaired repaired = LedgerRepaired.Read(view.Receipt(Assert.Single(told)).Entry.Body);
        Assert.Equal(["segments/0000000001.seg"], repaired.Files);
        Assert.Equal([(8, 10)], repaired.Restored.Ranges);
        Assert.Equal(["bit-rot"], repaired.Causes);
        Assert.Equal(0, Run([]).Owed);
        Assert.True(ledger.Ledger.Verify().Holds);
        Assert.True(ledger.Examine().IsHealthy);
    }

    [Fact]
    public void A_snapshot_gives_back_what_it_has()
    {
        string file = ledger.Ledger.Beside("state.tessrax-snapshot");
        using (FileStream output = File.Create(file))
            new LedgerExport(ledger.Ledger.Environment, ledger.Path, SnapshotKind.Snapshot).Write(output.Write);
        List<Batch> before = SmallLedger.Batches(ledger.Mirror);
        File.Delete(ledger.Segment(1));
        FaultTable.Zero(ledger.Segment(3), 64, 4000);

        RepairReport report = Run([file]);

        Assert.True(report.IsWhole, report.ToJson().ToString());
        Assert.True(IsSame(before, SmallLedger.Batches(ledger.Path)));
        Assert.Contains(report.Parts, part => part.Sources.Contains("snapshot"));
    }

    [Fact]
    public void Parts_of_the_folded_state_are_held_to_their_names_and_nodes_to_the_entries()
    {
        using var blake3 = new SmallLedger("blake3");
        using (LedgerWriter writer = blake3.Ledger.Open())
        {
            while (writer.Fold.Size < 258)
                writer.Append([TestLedger.Own($"text {writer.Fold.Size}")]);
            writer.OpenEpoch();
        }
        blake3.WriteKeyFiles();
        Assert.Empty(blake3.Examine().Faults);
        string part = Directory.GetFiles(Path.Combine(blake3.Path, "state"))[0];
        string tile = Path.Combine(blake3.Path, "nodes", "tile", "0", "000");
        FaultTable.Flip(part, 5);
        FaultTable.Flip(tile, 77);

        Diagnosis found = blake3.Examine();

        Assert.Equal([$"state/{Path.GetFileName(part)}", "nodes/tile/0/000"], found.Faults.Select(fault => fault.File));
        Assert.True(Repair.Run(blake3.Path, [], blake3.Ledger.Environment).IsWhole);
        Assert.True(blake3.Ledger.Verify().Holds);
    }

    [Fact]
    public void A_repair_that_dies_at_any_step_is_finished_by_the_next_one()
    {
        List<Batch> before = SmallLedger.Batches(ledger.Mirror);
        for (int step = 1; ; step++)
        {
            ledger.Disk.Restart();
            ledger.Reset();
            FaultTable.Flip(ledger.Segment(1), 500);
            File.Delete(ledger.Segment(2));
            File.Delete(Path.Combine(ledger.Path, "ledger.json"));
            ledger.Disk.Restart(step);
            bool isDone = false;
            try
            {
                Run([ledger.Mirror]);
                isDone = true;
            }
            catch (SimulatedCrash) { }
            ledger.Disk.Restart();
            Assert.True(Run([ledger.Mirror]).IsWhole, $"step {step}");
            Assert.True(IsSame(before, SmallLedger.Batches(ledger.Path)), $"step {step}");
            if (isDone)
                return;
        }
    }

    [Theory]
    [InlineData("sha256", 1)]
    [InlineData("sha256", 2)]
    [InlineData("blake3", 3)]
    public void Damage_anywhere_is_found_and_mended_from_a_mirror(string hash, int seed)
    {
        using var broken = new SmallLedger(hash);
        List<Batch> before = SmallLedger.Batches(broken.Mirror);
        var random = new Random(seed);
        for (int round = 0; round < 25; round++)
        {
            broken.Reset();
            var done = new List<string>();
            for (int i = random.Next(1, 4); i > 0; i--)
                done.Add(RandomDamage.Do(broken, random));
            string what = $"seed {seed}, round {round}: {string.Join("; ", done)}";
            Diagnosis found = broken.Examine();
            RepairReport report = Repair.Run(broken.Path, [broken.Mirror], broken.Ledger.Environment);

            Assert.True(report.IsWhole, $"{what}\n{string.Join('\n', report.After.Faults)}");
            Assert.True(IsSame(before, SmallLedger.Batches(broken.Path)), what);
            Assert.True(!found.IsHealthy || report.Parts.Count == 0, what);
        }
    }

    private static bool IsBytes(string file) => !file.EndsWith(".json", StringComparison.Ordinal);

    private Dictionary<string, byte[]> Files() =>
        Directory.GetFiles(ledger.Path, "*", SearchOption.AllDirectories).ToDictionary(file => file, File.ReadAllBytes);

    private RepairReport Run(IReadOnlyList<string> copies, bool isDry = false) =>
        Repair.Run(ledger.Path, copies, ledger.Ledger.Environment, isDry);

    private static bool IsSame(List<Batch> expected, List<Batch> actual)
    {
        if (expected.Count != actual.Count)
            return false;
        foreach ((Batch one, Batch other) in expected.Zip(actual))
            Store.AssertSame(one, other);
        return true;
    }
}
