using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Tests.Governance;
using Tessrax.Verification;
using Tessrax.Verification.Search;
using Xunit;

namespace Tessrax.Tests.Verification.Search;

/// <summary>What a verdict on a proof of a search says where nothing follows from what is shown, which stages it has, and what is no such proof at all.</summary>
public sealed class SearchVerdictTests
{
    private static readonly SearchProof Whole = SearchProof.Parse(FieldVectors.Holding[0]);

    [Fact]
    public void Where_nothing_follows_nothing_is_found_and_it_says_why()
    {
        Nothing(Whole with { Entries = [.. Whole.Entries.Skip(1)] }, "does not begin with genesis");
        byte[] other = FoldLedger.Note(FieldVectors.Ledger.Receipts, FoldLedger.Seeded(99));
        Nothing(Whole with { Checkpoint = Encoding.UTF8.GetString(other) }, "no checkpoint that the log signed");
        BundleEntry bent = Whole.Entries[1] with { Proof = [default, .. Whole.Entries[1].Proof.Skip(1)] };
        Nothing(Whole with { Entries = [Whole.Entries[0], bent, .. Whole.Entries.Skip(2)] }, "are in the tree");
        long first = Whole.Epochs[^1].At;
        Nothing(
            Whole with
            {
                Entries = [.. Whole.Entries.Where(entry => entry.Receipt.Entry.Index != first)],
            },
            "do not follow from each other"
        );
    }

    [Fact]
    public void It_has_a_stage_of_approvals_where_an_entry_takes_some_and_none_of_decisions()
    {
        var ledger = new FoldLedger();
        long index = ledger.Add(ledger.Make("x-own", FoldLedger.Own("a"))).Entry.Index;
        Verdict verdict = Verify(ledger);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal([index], verdict.Hits);
        Assert.Equal("event:x-own", verdict.Query);
        Assert.DoesNotContain(verdict.Stages, stage => stage.Name is "approvals" or "decisions");
        ledger.Govern(Events.HoldPlaced, new HoldPlaced("case", IndexRanges.Between(1, 1), "order").ToControl());
        verdict = Verify(ledger);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Contains(verdict.Stages, stage => stage.Name == "approvals");
        Assert.DoesNotContain(verdict.Stages, stage => stage.Name == "decisions");
    }

    [Fact]
    public void What_a_stolen_key_signed_is_found_and_said_to_be_suspect()
    {
        FoldLedger ledger = ErasureLedger.Alone();
        long index = ledger
            .Add(
                ledger.Make(
                    "x-own",
                    FoldLedger.Own("a"),
                    body: b => b with { By = new Voucher(VoucherKind.Author, FoldLedger.SecondAuthor.PublicKey.Id) },
                    signer: FoldLedger.SecondAuthor
                )
            )
            .Entry.Index;
        Assert.True(Verify(ledger).Holds);
        ledger.Govern(
            Events.KeyRevoked,
            new KeyRevoked(FoldLedger.SecondAuthor.PublicKey.Id, KeyEnd.Compromised, index, "stolen").ToControl()
        );
        Verdict verdict = Verify(ledger);
        Assert.False(verdict.Holds);
        Stage suspects = verdict.Stages.Single(stage => stage.Name == SuspectScan.StageName);
        Assert.Equal(ErrorCodes.Suspect, Assert.Single(suspects.Findings).Code);
        Assert.Equal([index], verdict.Hits);
    }

    [Fact]
    public void It_is_held_to_the_trust_root()
    {
        byte[] bytes = Whole.ToBytes();
        TrustRoot trust = FieldVectors.Ledger.Trust;
        Assert.Null(Trust(null).Holds);
        Assert.True(Trust(trust).Holds);
        Assert.False(Trust(trust with { Ledger = default(Digest) }).Holds);
        var stranger = VerifierKey.Create(FoldLedger.Origin, FoldLedger.Seeded(99).PublicKey);
        Assert.False(Trust(trust with { Policy = TlogPolicy.LogAlone(stranger) }).Holds);
        // Found by the ledger's id, where none is given.
        Verdict found = SearchVerifier.Verify(
            bytes,
            null,
            StoppedClock.Instance,
            id => id == FieldVectors.Ledger.Id ? trust : null
        );
        Assert.True(found.Holds, found.ToJson().ToString());

        Stage Trust(TrustRoot? root) =>
            SearchVerifier.Verify(bytes, root, StoppedClock.Instance).Stages.Single(stage => stage.Name == "trust");
    }

    [Fact]
    public void A_decision_is_found_without_what_it_rests_on()
    {
        FoldLedger ledger = ErasureLedger.Alone();
        Tessrax.Contradictions.GroupKey group = ledger.Contradict("A", 9.0, 9.1);
        long decision = ledger.Add(ledger.Make(Events.DecisionRecorded, ledger.Decision(group).ToJson())).Entry.Index;
        var proof = new SearchProof
        {
            Query = "event:DECISION_RECORDED",
            Checkpoint = Encoding.UTF8.GetString(FoldLedger.Note(ledger.Receipts)),
            Entries = ledger
                .Bundle(decision, receipt => receipt.Entry.Index == 0 || receipt.Entry.Index == decision)
                .Entries,
            Epochs = [],
            Open = null,
        };
        Verdict verdict = SearchVerifier.Verify(proof.ToBytes(), ledger.Trust, StoppedClock.Instance);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal([decision], verdict.Hits);
    }

    [Fact]
    public void Whoever_watches_is_told_of_each_stage_before_trust_is_judged()
    {
        var told = new List<string>();
        Verdict verdict = SearchVerifier.Verify(
            Whole.ToBytes(),
            FieldVectors.Ledger.Trust,
            StoppedClock.Instance,
            null,
            stage => told.Add(stage.Name)
        );
        Assert.Equal(verdict.Stages.Select(stage => stage.Name).Where(name => name != "trust").Order(), told.Order());
    }

    [Fact]
    public void An_epoch_of_which_payloads_were_erased_is_read_back_as_that()
    {
        SearchedEpoch erased = new(Whole.Epochs[0].At, [], IsErased: true);
        byte[] bytes = (Whole with { Epochs = [erased, .. Whole.Epochs.Skip(1)] }).ToBytes();
        SearchProof read = SearchProof.Parse(bytes);
        Assert.Equal([true, false, false], read.Epochs.Select(epoch => epoch.IsErased));
        Assert.Equal(bytes, read.ToBytes());
    }

    [Fact]
    public void What_is_no_proof_of_a_search_is_not_judged()
    {
        BundleEntry[] entries = [.. Whole.Entries];
        OpenEpoch open = Whole.Open!;
        SearchedEpoch epoch = Whole.Epochs[0];
        SearchProof[] bad =
        [
            Whole with
            {
                Entries = [entries[0], entries[0], .. entries.Skip(1)],
            },
            Whole with
            {
                Entries = [entries[1], entries[0], .. entries.Skip(2)],
            },
            Whole with
            {
                Entries = [.. entries, open.Entries[0]],
            },
            Whole with
            {
                Open = open with { Entries = [open.Entries[1], open.Entries[0]] },
            },
            Whole with
            {
                Open = open with { Peaks = [.. open.Peaks, default] },
            },
            Whole with
            {
                Open = open with { Peaks = [.. open.Peaks.Skip(1)] },
            },
            Whole with
            {
                Epochs = [epoch, .. Whole.Epochs],
            },
            Whole with
            {
                Epochs = [.. Whole.Epochs.Reverse()],
            },
            Whole with
            {
                Epochs = [epoch with { Terms = [epoch.Terms[0], epoch.Terms[0]] }, .. Whole.Epochs.Skip(1)],
            },
            Whole with
            {
                Query = Whole.Query + " ",
            },
        ];
        Assert.All(bad, proof => NotRead(proof.ToBytes()));
        var json = JsonValue.Parse(Whole.ToBytes());
        NotRead(json.With("search", "tessrax/search/v2").ToCanonicalBytes());
        NotRead(json.With("more", 1).ToCanonicalBytes());
        NotRead(json.With("query", 1).ToCanonicalBytes());
        NotRead(json.With("open", json["open"]!.With("more", 1)).ToCanonicalBytes());
        JsonValue[] epochs = json["epochs"]!.Items.ToArray();
        JsonValue untold = epochs[0].Without("terms").With("erased", JsonValue.False);
        foreach (JsonValue bent in (JsonValue[])[untold, epochs[0].With("more", 1)])
            NotRead(json.With("epochs", JsonValue.Of([bent, .. epochs[1..]])).ToCanonicalBytes());
    }

    private static void NotRead(byte[] bytes)
    {
        Verdict verdict = SearchVerifier.Verify(bytes, FieldVectors.Ledger.Trust, StoppedClock.Instance);
        Stage only = Assert.Single(verdict.Stages);
        Assert.Equal(("bundle", false), (only.Name, only.Holds));
        Assert.Null(verdict.Hits);
    }

    private static void Nothing(SearchProof proof, string why)
    {
        Verdict verdict = SearchVerifier.Verify(proof.ToBytes(), FieldVectors.Ledger.Trust, StoppedClock.Instance);
        Assert.False(verdict.Holds);
        Assert.Equal([], verdict.Hits);
        foreach (string name in (string[])["epochs", "search", "open"])
        {
            Stage stage = verdict.Stages.Single(stage => stage.Name == name);
            Assert.Null(stage.Holds);
            Assert.Contains(why, Assert.Single(stage.Findings).Message, StringComparison.Ordinal);
        }
        Assert.DoesNotContain(verdict.Stages, stage => stage.Name == "decisions");
    }

    // Its whole is the open epoch.
    private static Verdict Verify(FoldLedger ledger)
    {
        var proof = new SearchProof
        {
            Query = "event:x-own",
            Checkpoint = Encoding.UTF8.GetString(FoldLedger.Note(ledger.Receipts)),
            Entries = [],
            Epochs = [],
            Open = new OpenEpoch(0, [], [.. ledger.Receipts.Select(receipt => new BundleEntry(receipt, []))]),
        };
        return SearchVerifier.Verify(proof.ToBytes(), ledger.Trust, StoppedClock.Instance);
    }
}
