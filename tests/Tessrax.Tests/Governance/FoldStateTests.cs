using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>What a fold exports, imports as a fold that cannot be told from it; and nothing else imports.</summary>
public sealed class FoldStateTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(5, true)]
    public void At_every_size_the_imported_fold_judges_and_folds_the_rest_like_the_original(
        int seed,
        bool changesPolicy
    )
    {
        FoldLedger ledger = RandomLedger.Make(seed, 80, changesPolicy);
        Assert.Equal(changesPolicy, ledger.Fold.State.Policies.Count > 2);
        var original = new LedgerFold(ledger.Id);
        var digests = new List<Digest>();
        var imported = new List<LedgerFold>();
        foreach (Receipt receipt in ledger.Receipts)
        {
            foreach (LedgerFold fold in imported)
                Assert.Equal(original.FindNonce(receipt.Entry.Body), fold.FindNonce(receipt.Entry.Body));
            // Signatures are slow, so only the newest ones judge; all of them fold.
            foreach (LedgerFold fold in imported.TakeLast(3))
                Assert.Null(fold.Judge(receipt, out _));
            foreach (LedgerFold fold in imported.Append(original))
                fold.Apply(receipt, Read(receipt));
            FoldState state = original.ExportState();
            digests.Add(state.Digest);
            Assert.All(imported, fold => Assert.Equal(original.State.Digest, fold.State.Digest));
            if (imported.Count > 0)
                Assert.Equal(state.Digest, imported[^1].ExportState().Digest);
            imported.Add(Import(ledger.Id, state));
        }
        Assert.All(imported, fold => Assert.Equal(digests[^1], fold.ExportState().Digest));
        Assert.Equal(digests.Count, digests.Distinct().Count());
        Assert.True(FoldLedger.Verify(ledger.Receipts, ledger.Trust).Holds);
    }

    [Fact]
    public void The_imported_fold_refuses_what_the_original_refuses()
    {
        FoldLedger ledger = FoldLedger.Full();
        long open = ledger.Propose(ledger.Contradict("D", 1, 9));
        Approval vote = ledger.AddVote(open, 1);
        LedgerFold imported = Import(ledger.Id, ledger.Fold.ExportState());
        Receipt[] bad =
        [
            .. ledger.Receipts.Select(r =>
                Receipt.Create(r.Entry with { Index = ledger.Fold.Size }, r.Payload, r.Salt.Span)
            ),
            ledger.Vote(open, vote),
            ledger.Vote(open, ledger.Approval(open, 1)),
            ledger.Make(Events.ClaimsRecorded, ledger.Receipts[1].Payload!.Root),
            ledger.Make(Events.ContradictionDetected, ledger.Receipts[2].Payload!.Root, VoucherKind.Log),
            ledger.Make(Events.DecisionRecorded, ledger.Receipts[3].Payload!.Root),
            ledger.Make(Events.DecisionProposed, ledger.Fold.Proposals[open].Proposal.ToJson()),
        ];
        foreach (Receipt receipt in bad)
        {
            Refusal? refusal = ledger.Judge(receipt);
            Assert.NotNull(refusal);
            Assert.Equal(refusal, imported.Judge(receipt, out _));
        }
    }

    [Fact]
    public void Only_what_changed_gets_another_digest()
    {
        var ledger = new FoldLedger();
        ledger.Contradict("A", 9.0, 9.1);
        FoldState before = ledger.Fold.ExportState();
        ledger.Add(ledger.Make("x-own", FoldLedger.Own("one")));
        FoldState after = ledger.Fold.ExportState();
        Assert.NotEqual(before.Digest, after.Digest);
        Assert.Equal(before.Blocks[0].Digest, after.Blocks[0].Digest);
        Assert.NotEqual(before.Blocks[1].Digest, after.Blocks[1].Digest);
        Assert.Equal(after.Blocks.Select(b => b.Digest), FoldState.BlocksOf(after.Head.ToBytes()));
        // Once no nonce of a block is live, it is listed no more.
        ledger.Now += TimeSpan.FromDays(1);
        ledger.Add(ledger.Epoch());
        Assert.Single(ledger.Fold.ExportState().Blocks);
    }

    [Fact]
    public void Facts_are_hidden_by_the_salts_of_their_payloads()
    {
        var one = new FoldLedger();
        var other = new FoldLedger();
        other.Draw(8);
        foreach (FoldLedger ledger in (FoldLedger[])[one, other])
            ledger.AddClaims(FoldLedger.Claim("a", "A", 1, "s1"));
        Assert.NotEqual(one.Fold.ExportState().Blocks[0].Digest, other.Fold.ExportState().Blocks[0].Digest);
    }

    [Fact]
    public void A_part_that_is_missing_cut_or_another_is_refused()
    {
        FoldLedger ledger = RandomLedger.Make(4, 60);
        Dictionary<Digest, byte[]> parts = Parts(ledger.Fold.ExportState(), out Digest head);
        foreach (Digest digest in parts.Keys)
        {
            byte[] good = parts[digest];
            foreach (
                byte[]? bad in (byte[]?[])
                    [null, [], good[..^1], [.. good, (byte)'\n'], parts[parts.Keys.First(k => k != digest)]]
            )
                Refused(ledger.Id, head, d => d == digest ? bad : parts[d]);
        }
        Refused(HashEngine.Sha256.Hash("x"u8), head, d => parts[d]);
        Refused(ledger.Id, parts.Keys.First(), d => parts[d]);
    }

    [Fact]
    public void Parts_that_no_fold_would_write_are_refused_even_under_their_own_digests()
    {
        FoldLedger ledger = RandomLedger.Make(5, 80);
        ledger.Propose(ledger.Contradict("Z", 1, 9));
        FoldState state = ledger.Fold.ExportState();
        Dictionary<Digest, byte[]> parts = Parts(state, out Digest head);
        int refused = 0;
        var random = new Random(6);
        foreach (Digest digest in parts.Keys)
        {
            foreach (byte[] bent in Bent(parts[digest], random))
            {
                if (bent.AsSpan().SequenceEqual(parts[digest]))
                    continue;
                // The head names the bent part, and is named by its own digest: only the content speaks against it.
                Digest renamed = HashEngine.Sha256.Hash(bent);
                byte[] newHead =
                    digest == head
                        ? bent
                        : Encoding.ASCII.GetBytes(
                            Encoding
                                .ASCII.GetString(parts[head])
                                .Replace(digest.ToString(), renamed.ToString(), StringComparison.Ordinal)
                        );
                Digest headDigest = HashEngine.Sha256.Hash(newHead);
                try
                {
                    LedgerFold fold = LedgerFold.ImportState(
                        ledger.Id,
                        headDigest,
                        d =>
                            d == headDigest ? newHead
                            : d == renamed ? bent
                            : parts[d]
                    );
                    // A value exchanged for another of the same form is another state, and exports as that.
                    Assert.Equal(headDigest, fold.ExportState().Digest);
                }
                catch (TessraxException e)
                {
                    Assert.Equal(ErrorCodes.PartBroken, e.Code);
                    refused++;
                }
            }
        }
        Assert.True(refused > 300, $"{refused} refused");
    }

    [Fact]
    public void A_state_whose_genesis_holds_another_policy_than_the_one_in_force_is_refused()
    {
        FoldLedger ledger = FoldLedger.Full();
        Dictionary<Digest, byte[]> parts = Parts(ledger.Fold.ExportState(), out Digest head);
        JsonValue asking = Policy.Default.Document;
        JsonValue genesis = (ledger.Genesis with { Policy = Policy.FromJson(asking) }).ToControl();
        int end = parts[head].AsSpan().IndexOf((byte)'\n');
        byte[] forged =
        [
            .. JsonValue.Parse(parts[head].AsSpan(..end)).With("genesis", genesis).ToCanonicalBytes(),
            .. parts[head].AsSpan(end..),
        ];
        Digest named = HashEngine.Sha256.Hash(forged);
        Refused(ledger.Id, named, digest => digest == named ? forged : parts[digest]);
    }

    [Fact]
    public void A_fold_of_a_part_of_a_ledger_exports_nothing() =>
        Assert.Throws<InvalidOperationException>(() => new LedgerFold(default, isPart: true).ExportState());

    // Bytes flipped, and lines left out, doubled and exchanged.
    private static IEnumerable<byte[]> Bent(byte[] part, Random random)
    {
        for (int i = 0; i < 150; i++)
        {
            byte[] bent = [.. part];
            bent[random.Next(bent.Length)] ^= (byte)(1 << random.Next(8));
            yield return bent;
        }
        string[] lines = Encoding.Latin1.GetString(part).Split('\n');
        for (int i = 0; i + 1 < lines.Length; i++)
        {
            yield return Encoding.Latin1.GetBytes(string.Join('\n', lines.Where((_, at) => at != i)));
            yield return Encoding.Latin1.GetBytes(string.Join('\n', [.. lines[..i], lines[i], .. lines[i..]]));
            yield return Encoding.Latin1.GetBytes(
                string.Join('\n', [.. lines[..i], lines[i + 1], lines[i], .. lines[(i + 2)..]])
            );
        }
    }

    private static Dictionary<Digest, byte[]> Parts(FoldState state, out Digest head)
    {
        head = state.Digest;
        return state.Blocks.Append(state.Head).ToDictionary(part => part.Digest, part => part.ToBytes());
    }

    private static LedgerFold Import(Digest ledger, FoldState state)
    {
        Dictionary<Digest, byte[]> parts = Parts(state, out Digest head);
        Assert.All(parts, part => Assert.Equal(part.Key, HashEngine.Sha256.Hash(part.Value)));
        return LedgerFold.ImportState(ledger, head, digest => parts[digest]);
    }

    private static object? Read(Receipt receipt) =>
        receipt.Payload is { } payload ? EventPayloads.Read(receipt.Entry.Body.Event, payload.Root) : null;

    private static void Refused(Digest ledger, Digest head, Func<Digest, byte[]?> part)
    {
        var refused = Assert.Throws<TessraxException>(() =>
            LedgerFold.ImportState(ledger, head, d => part(d) is { } bytes ? bytes : null)
        );
        Assert.Equal(ErrorCodes.PartBroken, refused.Code);
    }
}
