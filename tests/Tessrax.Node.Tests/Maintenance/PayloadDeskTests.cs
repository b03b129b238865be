using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Evidence;
using Tessrax.Node.Files;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Reading;
using Tessrax.Node.Segments;
using Tessrax.Node.Transactions;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Maintenance;

/// <summary>Holds and erasures of real ledgers on a real disk, from the wish to the bytes given back.</summary>
public sealed class PayloadDeskTests
{
    private const string Secret = "4111-1111-1111-1111";

    [Fact]
    public void An_erased_payload_is_nowhere_on_the_disk_and_everything_else_still_verifies()
    {
        using var ledger = new TestLedger(approvers: 0);
        long index = Fill(ledger);
        byte[] before;
        using (LedgerView view = ledger.View())
            before = BundleMaker.Make(view, index).ToBytes();
        Assert.True(Holds(ledger, Secret));
        Verdict old = ledger.Verify();

        using (LedgerWriter writer = ledger.Open())
        {
            PayloadOutcome outcome = new PayloadDesk(writer, SystemDisk.Instance).Erase(index, "art. 17 request 88");
            Assert.True(outcome.IsRecorded);
            Assert.Equal(1, outcome.Done!.Payloads);
            writer.Append([TestLedger.Own("goes on")]);
        }

        Assert.False(Holds(ledger, Secret));
        Verdict now = ledger.Verify();
        Assert.True(now.Holds, string.Join('\n', now.Stages.SelectMany(s => s.Findings)));
        Assert.Equal(old.Size + 2, now.Size);
        Assert.Contains(
            now.Excludes,
            line =>
                line.Contains(
                    $"payload of entry {index} said: erased at {old.Size} by author",
                    StringComparison.Ordinal
                ) && line.EndsWith("art. 17 request 88", StringComparison.Ordinal)
        );
        Assert.True(BundleVerifier.Verify(before, ledger.Trust, TimeProvider.System).Holds);
        using LedgerView after = ledger.View();
        Assert.True(after.Receipt(index).IsErased);
        Verdict bundle = BundleVerifier.Verify(
            BundleMaker.Make(after, index).ToBytes(),
            ledger.Trust,
            TimeProvider.System
        );
        Assert.True(bundle.Holds, string.Join('\n', bundle.Stages.SelectMany(s => s.Findings)));
        Stage commitments = bundle.Stages.Single(s => s.Name == "commitments");
        Assert.Null(commitments.Holds);
        Assert.Equal(ErrorCodes.NotReExecutable, commitments.Findings[0].Code);
    }

    [Fact]
    public void The_bytes_given_back_are_those_that_du_counts()
    {
        using var ledger = new TestLedger();
        using LedgerWriter writer = ledger.Open();
        var random = new Random(1);
        Draft[] drafts =
        [
            .. Enumerable.Range(0, 40).Select(i => TestLedger.Own(Convert.ToBase64String(Bytes(random, 60_000)))),
        ];
        long first = writer.Append(drafts)[0].Entry.Index;
        var desk = new PayloadDesk(writer, SystemDisk.Instance);
        long proposal = desk.Erase(first + 7, "a request").Entry;
        new ProposalDesk(writer).Record(ledger.Vote(writer, proposal, 1));
        new ProposalDesk(writer).Record(ledger.Vote(writer, proposal, 2));
        writer.Close();
        long before = Du(ledger.DirectoryPath);
        ErasureDone done = desk.Finish()!;
        // The note of it takes a block before, when it is due, as it does afterwards.
        Assert.Equal(before - Du(ledger.DirectoryPath), done.Freed + done.Other);
        // 80,000 bytes of base64 and their salt, to the block.
        Assert.InRange(done.Freed, 80_000 - 4096, 80_000 + 4096);
    }

    [Fact]
    public void Evidence_goes_with_the_last_payload_that_names_it_and_its_bytes_are_counted()
    {
        using var ledger = new TestLedger(approvers: 0);
        using LedgerWriter writer = ledger.Open();
        var store = new EvidenceStore(ledger.DirectoryPath, SystemDisk.Instance);
        EvidenceAdded twice = store.Add("a.bin", new MemoryStream(Bytes(new Random(3), 50_000)));
        EvidenceAdded claimed = store.Add("b.bin", new MemoryStream(Bytes(new Random(4), 50_000)));
        EvidenceAdded other = store.Add("c.bin", new MemoryStream("kept"u8.ToArray()));
        Draft[] drafts =
        [
            .. new[] { twice, twice with { Name = "again.bin" }, claimed, other }.Select(added => new Draft
            {
                Event = Events.EvidenceAdded,
                Payload = FrozenPayload.From(added.ToJson()),
            }),
            TestLedger.Own($"seen in {claimed.Digest}"),
        ];
        long first = writer.Append(drafts)[0].Entry.Index;
        var desk = new PayloadDesk(writer, SystemDisk.Instance);
        desk.Place(new HoldPlaced("case-17", IndexRanges.Between(first + 1, first + 1), "order 17"));

        Assert.Equal(0, desk.Erase(first, "a request").Done!.EvidenceFiles);
        Assert.Equal(
            ErrorCodes.UnderHold,
            Assert.Throws<TessraxException>(() => desk.Erase(first + 1, "a request")).Code
        );
        Assert.True(File.Exists(store.PathOf(twice.Digest)));
        desk.Release(new HoldReleased("case-17", "case closed"));
        writer.Close();
        long before = Du(ledger.DirectoryPath);
        ErasureDone done = desk.Erase(first + 1, "a request").Done!;
        Assert.Equal((1, 53_248), (done.EvidenceFiles, done.EvidenceBytes));
        Assert.False(File.Exists(store.PathOf(twice.Digest)));
        Assert.InRange(before - Du(ledger.DirectoryPath), 53_248 - 8192, 53_248 + 8192);

        // What names it last need not be what brought it.
        Assert.Equal(0, desk.Erase(first + 2, "a request").Done!.EvidenceFiles);
        Assert.True(File.Exists(store.PathOf(claimed.Digest)));
        Assert.Equal(1, desk.Erase(first + 4, "a request").Done!.EvidenceFiles);
        Assert.Equal([store.PathOf(other.Digest)], Directory.GetFiles(Path.Combine(ledger.DirectoryPath, "evidence")));
        writer.Close();
        Assert.True(
            new LedgerCheck(ledger.Environment, ledger.Trust).Run(ledger.DirectoryPath, withEvidence: true).Holds
        );
        Assert.True(Tessrax.Node.Recovery.Doctor.Examine(ledger.DirectoryPath, ledger.Environment).IsHealthy);
    }

    [Theory]
    [InlineData("prepared")]
    [InlineData("prepared, and damaged since")]
    [InlineData("lost")]
    public void Evidence_stays_that_something_needs_which_is_no_readable_entry(string what)
    {
        using var ledger = new TestLedger(approvers: 0);
        var store = new EvidenceStore(ledger.DirectoryPath, SystemDisk.Instance);
        EvidenceAdded added = store.Add("a.bin", new MemoryStream(Bytes(new Random(3), 5000)));
        var draft = new Draft { Event = Events.EvidenceAdded, Payload = FrozenPayload.From(added.ToJson()) };
        long index;
        using (LedgerWriter writer = ledger.Open())
        {
            index = writer.Append([draft])[0].Entry.Index;
            if (what == "lost")
                writer.Append([TestLedger.Own($"seen in {added.Digest}")]);
            else
            {
                TransactionToken token = new TransactionDesk(writer)
                    .Prepare(TestLedger.Own($"in {added.Digest}"))
                    .Token;
                string file = Path.Combine(writer.Directory.Prepared, $"{token}.prepared");
                if (what != "prepared")
                    File.WriteAllText(file, "{}");
            }
        }
        if (what == "lost")
            Recovery.SmallLedger.Rewrite(
                ledger.DirectoryPath,
                Recovery
                    .SmallLedger.Batches(ledger.DirectoryPath)
                    .Select(batch =>
                        batch.FirstIndex == index + 1
                            ? batch with
                            {
                                Entries = [batch.Entries[0] with { Payload = default, Salt = default }],
                            }
                            : batch
                    )
            );
        using (LedgerWriter writer = ledger.Open())
        {
            ErasureDone done = new PayloadDesk(writer, SystemDisk.Instance).Erase(index, "a request").Done!;
            Assert.Equal((1, 0), (done.Payloads, done.EvidenceFiles));
            Assert.Equal([added.Digest], done.EvidenceKept);
        }
        Assert.Null(store.Check(added));
    }

    [Fact]
    public void Claims_take_with_them_what_was_told_and_decided_of_them_and_the_rest_is_decided_anew()
    {
        using var ledger = new TestLedger(approvers: 0);
        long index;
        using (LedgerWriter writer = ledger.Open())
        {
            Ingest(writer, TestLedger.Claim("a", "s", 1, "here"), TestLedger.Claim("b", "s", 1.01, "there"));
            Ingest(writer, TestLedger.Claim("c", "s", 1.02, "elsewhere"));
            index = writer.Fold.Claims.EntryOf("c")!.Value;
            PayloadOutcome outcome = new PayloadDesk(writer, SystemDisk.Instance).Erase(index, "a request");
            Assert.Equal(3, outcome.Done!.Payloads);
            Assert.Null(writer.Fold.Claims.Find("c"));
            Assert.NotNull(writer.Fold.Claims.Find("a"));
        }
        Verdict verdict = ledger.Verify();
        Assert.True(verdict.Holds, string.Join('\n', verdict.Stages.SelectMany(s => s.Findings)));
        Assert.Contains(
            verdict.Excludes,
            line => line.Contains("not re-executable: erased at", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(verdict.Excludes, line => line.Contains("has not told of", StringComparison.Ordinal));
        using LedgerView view = ledger.View();
        PayloadErased said = view.Receipts()
            .Where(r => r.Entry.Body.Event == Events.PayloadErased)
            .Select(r => PayloadErased.Read(r.Entry.Body))
            .Single();
        Assert.Equal([null, true, true], said.Entries.Select(e => e.ReExecuted));
        // A new bundle about the decision that is gone says so; it does not say that it was decided again.
        Verdict bundle = BundleVerifier.Verify(
            BundleMaker.Make(view, said.Entries[^1].Index).ToBytes(),
            ledger.Trust,
            TimeProvider.System
        );
        Assert.True(bundle.Holds, string.Join('\n', bundle.Stages.SelectMany(s => s.Findings)));
        Assert.Null(bundle.Stages.Single(s => s.Name == "decisions").Holds);
    }

    [Fact]
    public void Nothing_is_erased_without_the_approvals_and_everything_with_them()
    {
        using var ledger = new TestLedger();
        long index = Fill(ledger);
        using (LedgerWriter writer = ledger.Open())
        {
            var desk = new PayloadDesk(writer, SystemDisk.Instance);
            PayloadOutcome waits = desk.Erase(index, "a request");
            Assert.False(waits.IsRecorded);
            // Asked again, it is the same proposal; another erasure must wait.
            Assert.Equal(waits.Entry, desk.Erase(index, "the same request").Entry);
            Assert.Equal(
                ErrorCodes.ProposalWaits,
                Assert.Throws<TessraxException>(() => desk.Erase(index + 1, "another")).Code
            );
            Assert.True(Holds(ledger, Secret));
            new ProposalDesk(writer).Record(ledger.Vote(writer, waits.Entry, 1));
            Assert.Null(desk.Finish());
            Assert.True(Holds(ledger, Secret));
            new ProposalDesk(writer).Record(ledger.Vote(writer, waits.Entry, 2));
            Assert.Equal(1, desk.Finish()!.Payloads);
        }
        Assert.False(Holds(ledger, Secret));
        Verdict verdict = ledger.Verify();
        Assert.True(verdict.Holds);
        Assert.Contains(
            verdict.Excludes,
            line => line.Contains("approved by approver-1 (approver), approver-2 (approver)", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Copies_made_while_an_erasure_waits_are_put_up_for_erasure_too()
    {
        using var ledger = new TestLedger();
        using LedgerWriter writer = ledger.Open();
        var desk = new PayloadDesk(writer, SystemDisk.Instance);
        Ingest(writer, TestLedger.Claim("a", "s", 1, "here"));
        long index = writer.Fold.Claims.EntryOf("a")!.Value;
        PayloadOutcome waits = desk.Erase(index, "a request");
        Ingest(writer, TestLedger.Claim("b", "s", 1.01, "there"));
        long told = writer.Fold.Size - 2;
        new ProposalDesk(writer).Record(ledger.Vote(writer, waits.Entry, 1));
        new ProposalDesk(writer).Record(ledger.Vote(writer, waits.Entry, 2));
        Assert.Equal(1, desk.Finish()!.Payloads);
        OpenProposal left = writer.Fold.OpenControl(Events.PayloadErased)!;
        Assert.Equal([told, told + 1], PayloadErased.Read(left.Proposal.Body).Entries.Select(e => e.Index));
        new ProposalDesk(writer).Record(ledger.Vote(writer, left.Index, 1));
        new ProposalDesk(writer).Record(ledger.Vote(writer, left.Index, 2));
        Assert.Equal(2, desk.Finish()!.Payloads);
        Verdict verdict = ledger.Verify();
        Assert.True(verdict.Holds, string.Join('\n', verdict.Stages.SelectMany(s => s.Findings)));
    }

    [Fact]
    public void What_was_approved_is_carried_out_by_whoever_opens_the_ledger_next()
    {
        using var ledger = new TestLedger();
        long index = Fill(ledger);
        using (LedgerWriter writer = ledger.Open())
        {
            PayloadOutcome waits = new PayloadDesk(writer, SystemDisk.Instance).Erase(index, "a request");
            new ProposalDesk(writer).Record(ledger.Vote(writer, waits.Entry, 1));
            new ProposalDesk(writer).Record(ledger.Vote(writer, waits.Entry, 2));
        }
        Assert.True(Holds(ledger, Secret));
        // Until then the payload is there, and the verdict says so.
        Assert.Contains(
            ledger.Verify().Excludes,
            line => line.Contains("still present here", StringComparison.Ordinal)
        );
        using (LedgerWriter writer = ledger.Open())
            Assert.Equal(1, writer.Erased!.Payloads);
        Assert.False(Holds(ledger, Secret));
        using (LedgerWriter writer = ledger.Open())
            Assert.Null(writer.Erased);
        Assert.True(ledger.Verify().Holds);
    }

    [Fact]
    public void A_hold_keeps_a_payload_until_it_is_released()
    {
        using var ledger = new TestLedger(approvers: 0);
        long index = Fill(ledger);
        using LedgerWriter writer = ledger.Open();
        var desk = new PayloadDesk(writer, SystemDisk.Instance);
        desk.Place(new HoldPlaced("case-17", IndexRanges.Between(index, index), "court order 17"));
        Assert.Equal(
            ErrorCodes.HoldUnknown,
            Refused(() => desk.Place(new HoldPlaced("case-17", IndexRanges.Between(9, 9), "x")))
        );
        Assert.Equal(ErrorCodes.UnderHold, Refused(() => desk.Erase(index, "a request")));
        Assert.True(Holds(ledger, Secret));
        Assert.Equal(ErrorCodes.HoldUnknown, Refused(() => desk.Release(new HoldReleased("case-18", "closed"))));
        desk.Release(new HoldReleased("case-17", "closed"));
        Assert.True(desk.Erase(index, "a request").IsRecorded);
        Assert.False(Holds(ledger, Secret));
    }

    [Fact]
    public void Refuses_what_governs_what_waits_and_what_would_be_told_again()
    {
        using var ledger = new TestLedger(approvers: 3);
        using LedgerWriter writer = ledger.Open();
        var desk = new PayloadDesk(writer, SystemDisk.Instance);
        Assert.Equal(ErrorCodes.NothingToErase, Refused(() => desk.Erase(0, "genesis")));
        Assert.Equal(ErrorCodes.NoSuchEntry, Refused(() => desk.Erase(99, "nothing")));
        Ingest(writer, TestLedger.Claim("a", "s", 1, "here"), TestLedger.Claim("b", "s", 9, "there"));
        long proposal = Assert.Single(writer.Fold.Proposals.Keys);
        Assert.Equal(ErrorCodes.StillCounts, Refused(() => desk.Erase(proposal, "the proposal")));
        Assert.Equal(ErrorCodes.StillCounts, Refused(() => desk.Erase(1, "its claims")));
        new ProposalDesk(writer).Record(ledger.Vote(writer, proposal, 1));
        Assert.Equal(ErrorCodes.NothingToErase, Refused(() => desk.Erase(proposal + 1, "a vote")));
    }

    [Fact]
    public void A_missing_payload_that_nobody_erased_is_damage()
    {
        using var ledger = new TestLedger(approvers: 0);
        long index = Fill(ledger);
        // Who has no control event to show can still take the payload away.
        var folder = new SegmentFolder(ledger.DirectoryPath, SystemDisk.Instance);
        Assert.Equal(1, new SegmentErasure(folder, index + 2, i => i == index).Run(0));
        Assert.Equal(ErrorCodes.Damaged, Refused(() => ledger.View()));
        Assert.Equal(ErrorCodes.Damaged, Refused(() => ledger.Open()));
        Verdict verdict = ledger.Verify();
        Assert.False(verdict.Holds);
        Finding finding = Assert.Single(verdict.Stages.Single(s => s.Name == "commitments").Findings);
        Assert.Equal(ErrorCodes.PayloadMissing, finding.Code);
    }

    [Fact]
    public void A_link_that_leads_nowhere_among_what_is_derived_hinders_no_erasure()
    {
        using var ledger = new TestLedger(approvers: 0);
        long index = Fill(ledger);
        string folder = Directory.CreateDirectory(Path.Combine(ledger.DirectoryPath, "state")).FullName;
        File.CreateSymbolicLink(Path.Combine(folder, "link"), "nowhere");
        using (LedgerWriter writer = ledger.Open())
            new PayloadDesk(writer, SystemDisk.Instance).Erase(index, "a request");
        Assert.False(Holds(ledger, Secret));
        Assert.False(Directory.Exists(folder));
    }

    [Theory]
    [InlineData("0000000000.seg.00112233445566778899aabbccddeeff")]
    [InlineData(".0000000000.seg.4711.tmp")]
    public void What_a_crash_left_in_quarantine_without_a_word_goes_with_what_is_erased(string name)
    {
        using var ledger = new TestLedger(approvers: 0);
        long index = Fill(ledger);
        string folder = Path.Combine(ledger.DirectoryPath, Quarantine.Folder);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, name), Secret);
        using (LedgerWriter writer = ledger.Open())
            new PayloadDesk(writer, SystemDisk.Instance).Erase(index, "a request");
        Assert.False(Holds(ledger, Secret));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_receipt_that_a_crash_left_beside_its_entry_goes_with_what_is_erased(bool isWrittenDown)
    {
        using var ledger = new TestLedger(approvers: 0);
        TransactionToken token;
        long index;
        using (LedgerWriter writer = ledger.Open())
        {
            var desk = new TransactionDesk(writer);
            token = desk.Prepare(TestLedger.Own(Secret)).Token;
            desk.Prepare(TestLedger.Own("waits"));
            string waits = Path.Combine(writer.Directory.Prepared, $"{token}.prepared");
            byte[] receipt = File.ReadAllBytes(waits);
            index = desk.Commit(token);
            File.WriteAllBytes(waits, receipt);
            if (!isWrittenDown)
                File.Delete(Path.ChangeExtension(waits, ".committed"));
        }
        using (LedgerWriter writer = ledger.Open())
        {
            new PayloadDesk(writer, SystemDisk.Instance).Erase(index, "a request");
            Assert.False(Holds(ledger, Secret));
            var desk = new TransactionDesk(writer);
            Assert.Equal((TransactionState.Committed, index), (desk.Ask(token).State, desk.Ask(token).Index));
            Assert.Single(desk.Undecided());
        }
    }

    private static ErrorCode Refused(Action act) => Assert.Throws<TessraxException>(act).Code;

    private static void Ingest(LedgerWriter writer, params Claim[] claims) =>
        new Ingestor(writer).Ingest([TestLedger.File(claims)]);

    // Own events of which one holds the secret; its index.
    private static long Fill(TestLedger ledger)
    {
        using LedgerWriter writer = ledger.Open();
        writer.Append([TestLedger.Own("before"), TestLedger.Own("also before")]);
        return writer.Append([TestLedger.Own(Secret), TestLedger.Own("after")])[0].Entry.Index;
    }

    // Whether a text stands in any file of the ledger, or of what it keeps elsewhere.
    private static bool Holds(TestLedger ledger, string text)
    {
        byte[] wanted = Encoding.UTF8.GetBytes(text);
        return Directory
            .EnumerateFiles(ledger.Beside(""), "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != "lock")
            .Any(file => File.ReadAllBytes(file).AsSpan().IndexOf(wanted) >= 0);
    }

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static long Du(string path)
    {
        using Process du = Process.Start(
            new ProcessStartInfo("du", ["-s", "--block-size=1", path]) { RedirectStandardOutput = true }
        )!;
        string said = du.StandardOutput.ReadToEnd();
        du.WaitForExit();
        return long.Parse(said.Split('\t')[0], CultureInfo.InvariantCulture);
    }
}
