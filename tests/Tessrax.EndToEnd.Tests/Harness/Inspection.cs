using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Reading;
using Tessrax.Node.Witnessing;

namespace Tessrax.EndToEnd.Tests.Harness;

/// <summary>After everything happened at once: every invariant, by what was promised and by the tool's own checks.</summary>
internal sealed class Inspection(Plant plant, Promises promises)
{
    private LedgerHome Home => plant.Home;

    private Ctl Ctl => Home.Ctl;

    /// <summary>Looks at all of them.</summary>
    public void Run()
    {
        // Whoever opens it to write recovers what the last kill left; the tool's checks find nothing then.
        Ctl.Must("rotate", "ledger");
        Home.MustHold();
        Ctl.Must("merkle", "check", "ledger");
        Ctl.Must("merkle", "history", "ledger");
        Ctl.Must("index", "rebuild", "ledger");
        Ctl.Must("index", "check", "ledger", "--all");
        Ctl.Must("doctor", "ledger");
        using (LedgerView view = Home.View())
        {
            NothingPromisedIsLost(view);
            EveryCheckpointIsOfThisTree(view);
            WitnessesSawThisTree(view);
            WhoseClockIsWrongDecidedNothing(view);
            SearchFindsAll(view);
        }
        foreach (string bundle in promises.Bundles)
            Ctl.Must("verify", bundle, "--trust", "trust.json");
        BackupsAreBeginnings();
    }

    private void NothingPromisedIsLost(LedgerView view)
    {
        var there = new Dictionary<string, (long Index, Digest Leaf)>(StringComparer.Ordinal);
        foreach (Receipt receipt in view.Receipts())
        {
            if (receipt.Entry.Body.Event != "x-load" || receipt.Payload is null)
                continue;
            string text = receipt.Payload.Root["data"]!["text"]!.AsString();
            Assert.True(
                there.TryAdd(text, (receipt.Entry.Index, view.Tree.Leaf(receipt.Entry.Index))),
                $"{text} is there twice"
            );
        }
        foreach ((string text, (long index, Digest leaf)) in promises.Appended)
        {
            Assert.Equal(leaf, view.Tree.Leaf(index));
            // What was erased has its leaf still, and no text.
            Assert.True(
                there.TryGetValue(text, out var found) ? found.Index == index : view.Receipt(index).IsErased,
                $"{text} was acknowledged at {index} and is not there"
            );
        }
    }

    private void EveryCheckpointIsOfThisTree(LedgerView view)
    {
        foreach (TreeHead head in promises.Heads.Distinct())
            Assert.True(
                head.Size <= view.Tree.Size && view.Tree.RootAt(head.Size) == head.Root,
                $"a checkpoint of {head.Size} entries was shown, and the ledger's root there is another"
            );
    }

    private void WitnessesSawThisTree(LedgerView view)
    {
        byte[] note = File.ReadAllBytes(Path.Combine(Home.Path, CosignedNote.FileName));
        TreeHead head = Checkpoint.ParseBody(SignedNote.Parse(note).Text).Head;
        Assert.Equal(view.Tree.RootAt(head.Size), head.Root);
    }

    private void WhoseClockIsWrongDecidedNothing(LedgerView view)
    {
        if (Clocks.CanLie)
            Assert.Equal(0, VerdictsOf(view, "carol"));
        if (promises.CountOf("verdicts of alice") > 0)
            Assert.NotEqual(0, VerdictsOf(view, "alice"));
    }

    private static int VerdictsOf(LedgerView view, string person)
    {
        string id = view.Fold.State.Keys.Single(key => key.Name == person).Id.ToString();
        return view.Receipts()
            .Count(receipt =>
                receipt.Entry.Body.Event == Events.ApprovalRecorded
                && receipt.Payload?.Root.ToString().Contains(id, StringComparison.Ordinal) == true
            );
    }

    private void SearchFindsAll(LedgerView view)
    {
        int written = view.Receipts().Count(receipt => receipt.Entry.Body.Event == "x-load");
        JsonValue found = JsonValue.Parse(Ctl.Must("search", "ledger", "event:x-load", "--count", "--json").Bytes);
        Assert.Equal(
            written.ToString(System.Globalization.CultureInfo.InvariantCulture),
            found["count"]!.AsNumberText()
        );
    }

    // What a backup brings back is how this ledger began. Elsewhere: whoever knows the newer ledger is told that this one is older.
    private void BackupsAreBeginnings()
    {
        using var elsewhere = new Ctl();
        File.Copy(Ctl.PathOf("trust.json"), elsewhere.PathOf("trust.json"));
        foreach (string backup in promises.Backups)
        {
            elsewhere.Must("restore", Ctl.PathOf(backup), backup, "--trust", "trust.json");
            elsewhere.Must("verify", backup, "--trust", "trust.json");
            JsonValue told = JsonValue.Parse(elsewhere.Must("debug", backup, "--json").Bytes);
            string size = told["tree"]!["size"]!.AsNumberText();
            Ctl.Must("merkle", "diff", $"ledger@{size}", elsewhere.PathOf(backup));
        }
    }
}
