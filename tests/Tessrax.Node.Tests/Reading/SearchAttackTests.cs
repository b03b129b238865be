using System.Text;
using System.Text.Json.Nodes;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Reading;
using Tessrax.Verification;
using Tessrax.Verification.Search;
using Xunit;

namespace Tessrax.Node.Tests.Reading;

/// <summary>Whoever hands out a proof of a search can leave out nothing that it covers, and change nothing in it.</summary>
public sealed class SearchAttackTests : IDisposable
{
    private static readonly Query Subject = Query.Parse("subject:A AND NOT source:two");
    private readonly TestLedger ledger = new(approvers: 0);

    public SearchAttackTests()
    {
        using LedgerWriter writer = ledger.Open();
        writer.Append([TestLedger.Own("one")]);
        new Ingestor(writer).Ingest([
            TestLedger.File(TestLedger.Claim("c1", "A", 1, "one"), TestLedger.Claim("c2", "A", 5, "two", 2)),
            TestLedger.File(TestLedger.Claim("c3", "A", 2, "three", 3)),
            TestLedger.File(TestLedger.Claim("c6", "C", 2, "three", 3)),
        ]);
        writer.OpenEpoch();
        new Ingestor(writer).Ingest([TestLedger.File(TestLedger.Claim("c4", "B", 1, "three"))]);
        writer.OpenEpoch();
        new Ingestor(writer).Ingest([TestLedger.File(TestLedger.Claim("c5", "A", 5, "four", 4))]);
        writer.Append([TestLedger.Own("last")]);
    }

    public void Dispose() => ledger.Dispose();

    [Fact]
    public void Each_entry_that_the_query_may_mean_is_missed_by_its_index()
    {
        SearchProof whole = Prove();
        Verdict verdict = Judge(whole);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        long[] candidates =
        [
            .. whole.Epochs.SelectMany(e => e.Terms).SelectMany(t => t.Present?.Postings ?? []).Select(p => p.Index),
        ];
        Assert.True(candidates.Length > 2);
        // Some of them do not match: they are missed all the same, for nobody could tell.
        Assert.NotEmpty(candidates.Except(verdict.Hits!));
        foreach (long index in candidates)
            Fails(
                whole with
                {
                    Entries = [.. whole.Entries.Where(e => e.Receipt.Entry.Index != index)],
                },
                "search",
                ErrorCodes.SearchIncomplete,
                $"entry {index} may be found by the query, and was left out"
            );
    }

    [Fact]
    public void What_a_map_is_said_to_hold_is_held_to_the_root_of_its_epoch()
    {
        SearchProof whole = Prove();
        (SearchedEpoch newest, SearchedEpoch first) = (whole.Epochs[0], whole.Epochs[1]);
        FieldProof present = first.Terms[0];
        FieldProof absent = newest.Terms[0];
        Assert.NotNull(present.Present);
        Assert.Null(absent.Present);
        FieldPresence said = present.Present;
        // A posting fewer, another blind, another place, another path, another value's leaf.
        Refuted(first, present with { Present = said with { Postings = [.. said.Postings.Skip(1)] } });
        Refuted(
            first,
            present with
            {
                Present = said with
                {
                    Postings = [said.Postings[0] with { Blind = default(Digest) }, .. said.Postings.Skip(1)],
                },
            }
        );
        Refuted(
            first,
            present with
            {
                Present = said with { Postings = [.. said.Postings, new MapPosting(newest.At, default(Digest))] },
            }
        );
        Refuted(first, present with { Present = said with { At = said.At + 1 } });
        Refuted(first, present with { Present = said with { Path = [.. said.Path.Skip(1)] } });
        Refuted(first, present with { Present = said with { Path = [.. said.Path, default] } });
        Refuted(first, present with { Value = new FieldValue(FieldId.Subject, "B") });
        // Nobody has it, by what another epoch shows, by nothing, by one neighbour, by neighbours that are not side by side or not around it.
        Refuted(first, absent);
        Refuted(first, new FieldProof(present.Value, null, null, null));
        Refuted(newest, absent.Left is null ? absent with { Right = null } : absent with { Left = null });
        Refuted(newest, absent with { Left = absent.Right, Right = absent.Left });
        using LedgerView view = ledger.View();
        FieldTree tree = TreeOf(view, first.At);
        int at = (int)said.At;
        Refuted(first, new FieldProof(present.Value, null, Leaf(tree, at - 1), Leaf(tree, at + 1)));
        int beside = at > 1 ? at - 2 : at + 1;
        Refuted(first, new FieldProof(present.Value, null, Leaf(tree, beside), Leaf(tree, beside + 1)));
        Refuted(
            first,
            new FieldProof(
                present.Value,
                null,
                Leaf(tree, at - 1),
                Leaf(tree, at + 1) is { } after ? after with { At = at } : null
            )
        );
        Refuted(first, new FieldProof(present.Value, null, Leaf(tree, (int)tree.Head.Size - 1), null));
        // The sealed half is not the open one.
        FieldPresence unblinded = said with
        {
            Postings = [.. said.Postings.Select(p => p with { Blind = null })],
        };
        Refuted(first, new FieldProof(new FieldValue(FieldId.Event, "A"), unblinded, null, null));

        void Refuted(SearchedEpoch epoch, FieldProof term)
        {
            SearchedEpoch bent = epoch with { Terms = [term] };
            Fails(
                whole with
                {
                    Epochs = [.. whole.Epochs.Select(e => e == epoch ? bent : e)],
                },
                "search",
                ErrorCodes.SearchIncomplete
            );
        }
    }

    [Fact]
    public void No_epoch_is_passed_over()
    {
        SearchProof whole = Prove();
        foreach (SearchedEpoch epoch in whole.Epochs)
        {
            SearchedEpoch[] others = [.. whole.Epochs.Where(e => e != epoch)];
            Fails(whole with { Epochs = others }, "search", ErrorCodes.SearchIncomplete);
            Fails(
                whole with
                {
                    Epochs = [.. whole.Epochs.Select(e => e == epoch ? e with { Terms = [] } : e)],
                },
                "search",
                ErrorCodes.SearchIncomplete
            );
            Fails(
                whole with
                {
                    Epochs =
                    [
                        .. whole.Epochs.Select(e => e == epoch ? new SearchedEpoch(e.At, [], IsErased: true) : e),
                    ],
                },
                "epochs",
                ErrorCodes.SearchIncomplete,
                "no entry erased any of their payloads"
            );
        }
        Fails(
            whole with
            {
                Epochs = [whole.Epochs[0] with { At = whole.Epochs[0].At + 1 }, .. whole.Epochs],
            },
            "epochs",
            ErrorCodes.BadValue
        );
        // Without the EPOCH_OPENED itself, every later entry names a state that the others do not give.
        long first = whole.Epochs[^1].At;
        Fails(
            whole with
            {
                Entries = [.. whole.Entries.Where(e => e.Receipt.Entry.Index != first)],
                Epochs = [.. whole.Epochs.Where(e => e.At != first)],
            },
            "governance",
            ErrorCodes.StateBroken
        );
    }

    [Fact]
    public void No_entry_of_the_open_epoch_is_passed_over()
    {
        SearchProof whole = Prove();
        OpenEpoch open = whole.Open!;
        for (int i = 0; i < open.Entries.Count; i++)
        {
            long left = open.From + i;
            Verdict verdict = Judge(
                whole with
                {
                    Open = open with { Entries = [.. open.Entries.Where((_, at) => at != i)] },
                }
            );
            Assert.False(verdict.Holds);
            Assert.True(left == open.From || Stage(verdict, "open").Holds == false);
        }
        Fails(
            whole with
            {
                Open = open with { Peaks = [.. open.Peaks.Skip(1), default] },
            },
            "open",
            ErrorCodes.EpochBroken
        );
        // From an older epoch on, all the entries are there, and the newest epoch looks open.
        using LedgerView view = ledger.View();
        long older = whole.Epochs[1].At;
        var wider = new OpenEpoch(
            older,
            Frontier.Of(view.Tree, older, view.Hasher).Peaks,
            [.. view.Receipts(older).Select(r => new BundleEntry(r, []))]
        );
        Fails(
            whole with
            {
                Open = wider,
                Entries = [.. whole.Entries.Where(e => e.Receipt.Entry.Index < older)],
            },
            "open",
            ErrorCodes.SearchIncomplete
        );
        // Left out as a whole it is said to be.
        Verdict less = Judge(new SearchProver(view) { WithOpen = false }.Prove(Subject));
        Assert.True(less.Holds, less.ToJson().ToString());
        Assert.DoesNotContain(less.Stages, stage => stage.Name == "open");
        Assert.Contains(
            less.Excludes,
            line => line == $"what the query finds among entries from {open.From} on, of which the proof shows nothing"
        );
    }

    [Fact]
    public void Epochs_that_never_were_take_neither_memory_nor_time()
    {
        var everything = Query.Parse(string.Join(" OR ", Enumerable.Repeat("index:>=0", 64)));
        using LedgerView view = ledger.View();
        SearchProof whole = new SearchProver(view).Prove(everything);
        Assert.True(Judge(whole).Holds);
        BundleEntry first = whole.Entries.First(e => e.Receipt.Entry.Body.Event == Events.EpochOpened);
        Entry entry = first.Receipt.Entry;
        var said = EpochOpened.Read(entry.Body, view.Hasher);
        // Each names the one before it, 65,536 entries away, and no entry in between is shown.
        SearchProof forged = whole with
        {
            Entries = [whole.Entries[0], .. Enumerable.Range(1, 40).Select(Forged)],
            Epochs = [],
            Open = null,
        };
        byte[] bytes = forged.ToBytes();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Verdict verdict = SearchVerifier.Verify(bytes, ledger.Trust, ledger.Clock);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200L * bytes.Length);
        Assert.False(verdict.Holds);
        Assert.Equal([], verdict.Hits);
        Assert.False(Stage(verdict, "inclusion").Holds);
        Assert.All((string[])["epochs", "search", "open"], name => Assert.Null(Stage(verdict, name).Holds));

        BundleEntry Forged(int number)
        {
            long at = 65_536L * number;
            EpochOpened epoch = said with
            {
                Epoch = number,
                Root = said.Root with { Size = at },
                Before = number == 1 ? null : at - 65_536,
            };
            EntryBody body = entry.Body with { Control = epoch.ToControl(view.Hasher) };
            return first with { Receipt = Receipt.Create(entry with { Index = at, Body = body }, null, default) };
        }
    }

    [Fact]
    public void Another_query_is_not_answered_by_it()
    {
        SearchProof whole = Prove();
        Fails(whole with { Query = "subject:B" }, "search", ErrorCodes.SearchIncomplete);
        Fails(whole with { Query = "" }, "search", ErrorCodes.SearchIncomplete);
        Fails(whole with { Query = "subject:A OR claim:c4" }, "search", ErrorCodes.SearchIncomplete);
        Fails(whole with { Query = "NOT subject:A" }, "search", ErrorCodes.SearchIncomplete);
        Fails(whole with { Query = "subject:A  AND NOT source:two" }, "bundle", ErrorCodes.BadValue);
        Fails(whole with { Query = "subject:A AND" }, "bundle", ErrorCodes.BadQuery);
        Fails(whole with { Query = "after:7d" }, "bundle", ErrorCodes.BadQuery);
    }

    [Fact]
    public void Nothing_in_it_can_be_changed_or_taken_out()
    {
        SearchProof whole = Prove();
        string text = Encoding.UTF8.GetString(whole.ToBytes());
        int tried = 0;
        foreach ((object[] path, JsonNode bent) in Bent(text))
        {
            // Of what entries say, one in nine: a leaf is hashed whole.
            bool isSaidByMany = path is ["entries", ..] or ["open", "entries", ..];
            if (++tried % 9 != 0 && isSaidByMany)
                continue;
            Verdict verdict = SearchVerifier.Verify(
                Encoding.UTF8.GetBytes(bent.ToJsonString()),
                ledger.Trust,
                ledger.Clock
            );
            Assert.False(verdict.Holds, bent.ToJsonString());
        }
        Assert.True(tried > 500, $"{tried}");
    }

    [Fact]
    public void Erased_payloads_leave_their_epoch_open_and_only_theirs()
    {
        long gone;
        using (LedgerWriter writer = ledger.Open())
        {
            gone = Prove("subject:C").Epochs[1].Terms[0].Present!.Postings[0].Index;
            new PayloadDesk(writer, SystemDisk.Instance).Erase(gone, "asked for");
            writer.OpenEpoch();
        }
        SearchProof proof = Prove("subject:C");
        Assert.Equal([false, false, true], proof.Epochs.Select(epoch => epoch.IsErased));
        Verdict verdict = Judge(proof);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.DoesNotContain(gone, verdict.Hits!);
        Assert.Contains(
            verdict.Excludes,
            line => line.Contains("payloads were erased after the epoch was closed", StringComparison.Ordinal)
        );
        // By what stands in the leaves, nothing is left open.
        using LedgerView view = ledger.View();
        Verdict open = Judge(new SearchProver(view).Prove(Query.Parse("event:CLAIMS_RECORDED")));
        Assert.True(open.Holds, open.ToJson().ToString());
        Assert.Contains(gone, open.Hits!);
        Assert.DoesNotContain(
            open.Excludes,
            line => line.StartsWith("what the query finds among", StringComparison.Ordinal)
        );
        // Who still has the payload can prove no more by it than it counts for.
        Assert.DoesNotContain(proof.Entries, entry => entry.Receipt.Entry.Index == gone);
        // An entry that never had a payload is given one, and it is said to be erased.
        SearchProof byEvent = new SearchProver(view).Prove(Query.Parse("event:CLAIMS_RECORDED"));
        BundleEntry erased = byEvent.Entries.Single(entry => entry.Receipt.Entry.Index == gone);
        Receipt with = byEvent.Entries.First(entry => entry.Receipt.Payload is not null).Receipt;
        Entry bare = erased.Receipt.Entry with { Body = erased.Receipt.Entry.Body with { Payload = null } };
        Receipt odd = Receipt.Create(bare, with.Payload, with.Salt.Span);
        Fails(
            byEvent with
            {
                Entries = [.. byEvent.Entries.Select(e => e == erased ? e with { Receipt = odd } : e)],
            },
            "entries",
            ErrorCodes.EntryMalformed
        );
    }

    [Fact]
    public void What_no_map_bounds_is_refused()
    {
        using LedgerView view = ledger.View();
        foreach (
            string text in (string[])["", "one", "NOT subject:A", "subject:A*", "subject:A OR one", "after:2026-01-01"]
        )
        {
            var query = Query.Parse(text);
            TessraxException refused = Assert.Throws<TessraxException>(() => new SearchProver(view).Prove(query));
            Assert.Equal(ErrorCodes.NotProvable, refused.Code);
        }
    }

    [Fact]
    public void Without_trust_it_is_not_established()
    {
        Verdict verdict = SearchVerifier.Verify(Prove().ToBytes(), null, ledger.Clock);
        Assert.False(verdict.Holds);
        Assert.Null(Stage(verdict, "trust").Holds);
        Assert.All(verdict.Stages.Where(s => s.Name != "trust"), s => Assert.True(s.Holds));
    }

    private SearchProof Prove(string? query = null)
    {
        using LedgerView view = ledger.View();
        return new SearchProver(view).Prove(query is null ? Subject : Query.Parse(query));
    }

    private Verdict Judge(SearchProof proof) => SearchVerifier.Verify(proof.ToBytes(), ledger.Trust, ledger.Clock);

    private void Fails(SearchProof proof, string stage, ErrorCode code, string text = "")
    {
        Verdict verdict = Judge(proof);
        Assert.False(verdict.Holds);
        Assert.True(verdict.Stages.Any(s => s.Name == stage), verdict.ToJson().ToString());
        Assert.Contains(
            Stage(verdict, stage).Findings,
            finding => finding.Code == code && finding.Message.Contains(text, StringComparison.Ordinal)
        );
    }

    private static Stage Stage(Verdict verdict, string name) => verdict.Stages.Single(stage => stage.Name == name);

    private static FieldNeighbour? Leaf(FieldTree tree, int at) =>
        at >= 0 && at < tree.Head.Size
            ? new FieldNeighbour(at, tree.KeyAt(at), tree.PostingsAt(at), tree.Prove(at))
            : null;

    private static FieldTree TreeOf(LedgerView view, long at)
    {
        var map = new FieldMap(view.Directory.Id);
        foreach (Receipt receipt in view.Receipts().TakeWhile(r => r.Entry.Index < at))
            map.Add(
                receipt,
                receipt.Payload is { } payload ? EventPayloads.Read(receipt.Entry.Body.Event, payload.Root) : null
            );
        return map.SealedTree();
    }

    // Each number one more, each text one letter off, each item and each member gone; but for the open epoch as a whole, which may be left out.
    private static IEnumerable<(object[] Path, JsonNode Bent)> Bent(string text)
    {
        var paths = new List<object[]>();
        Collect(JsonNode.Parse(text)!, [], paths);
        foreach (object[] path in paths)
        {
            JsonNode root = JsonNode.Parse(text)!;
            JsonNode above = path[..^1].Aggregate(root, (node, step) => step is int i ? node[i]! : node[(string)step]!);
            if (above is JsonArray array)
            {
                array.RemoveAt((int)path[^1]);
                yield return (path, root);
            }
            JsonNode again = JsonNode.Parse(text)!;
            above = path[..^1].Aggregate(again, (node, step) => step is int i ? node[i]! : node[(string)step]!);
            JsonNode? value = path[^1] is int at ? above[at] : above[(string)path[^1]];
            if (value is not JsonValue leaf)
                continue;
            JsonNode other =
                leaf.TryGetValue(out long number) ? number + 1
                : leaf.TryGetValue(out string? said)
                    ? (said.StartsWith('A') ? "B" : "A") + said[Math.Min(1, said.Length)..]
                : "true";
            if (path[^1] is int place)
                above[place] = other;
            else
                above[(string)path[^1]] = other;
            yield return (path, again);
        }
    }

    private static void Collect(JsonNode node, object[] path, List<object[]> paths)
    {
        if (path.Length > 0)
            paths.Add(path);
        if (node is JsonArray array)
        {
            for (int i = 0; i < array.Count; i++)
                Collect(array[i]!, [.. path, i], paths);
        }
        else if (node is JsonObject members)
        {
            foreach ((string name, JsonNode? value) in members)
            {
                if (value is not null)
                    Collect(value, [.. path, name], paths);
            }
        }
    }
}
