using System.Diagnostics;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>EPOCH_OPENED commits to the fields of the epoch that it closes; whoever folds the entries, by whatever way, comes to the same map, and refuses another.</summary>
public sealed class FieldMapTests
{
    private static readonly TreeHead Other = new(1, HashEngine.Sha256.Hash("other"u8));
    private readonly FoldLedger ledger = FoldLedger.Full();

    [Theory]
    [InlineData(11, false)]
    [InlineData(12, true)]
    [InlineData(13, true)]
    public void Every_epoch_commits_to_the_fields_of_its_entries(int seed, bool changesPolicy)
    {
        FoldLedger random = RandomLedger.Make(seed, 120, changesPolicy);
        long from = 0;
        int epochs = 0;
        foreach (Receipt receipt in random.Receipts.Where(r => r.Entry.Body.Event == Events.EpochOpened))
        {
            long at = receipt.Entry.Index;
            EpochFields expected = NaiveFields.Of(random.Id, random.Receipts.Take((int)at).Skip((int)from));
            Assert.Equal(expected, EpochOpened.Read(receipt.Entry.Body, random.Hasher).Index);
            (from, epochs) = (at, epochs + 1);
        }
        Assert.True(epochs > 2);
        Assert.True(FoldLedger.Verify(random.Receipts, random.Trust).Holds);
    }

    [Fact]
    public void Own_events_are_folded_in_three_ways_to_one_map()
    {
        Receipt[] own =
        [
            .. Enumerable
                .Range(0, 9)
                .Select(i =>
                    ledger.Add(
                        ledger.Make(
                            i % 3 == 0 ? "x-own" : "x-other.event",
                            FoldLedger.Own($"{i}"),
                            i % 2 == 0 ? VoucherKind.Log : VoucherKind.Author
                        )
                    )
                ),
        ];
        EpochFields strictly = ledger.Fold.NextEpoch(default).Index!;
        LedgerFold scanned = Before(own[0]);
        LedgerFold placed = Before(own[0]);
        var scanner = new EntryScanner();
        foreach (Receipt receipt in own)
        {
            Assert.True(scanner.TryScan(receipt.Leaf.Span, out ScannedEntry entry));
            Assert.True(scanned.TryApply(entry, receipt.Leaf.Span));
            placed.ApplyOwn(
                new OwnEntry(entry.By, entry.Nonce, entry.IssuedAt, entry.ExpiresAt, entry.RecordedAt),
                receipt.Entry.Body.Event
            );
        }
        Assert.Equal(strictly, scanned.NextEpoch(default).Index);
        Assert.Equal(strictly, placed.NextEpoch(default).Index);
        Assert.Equal(NaiveFields.Of(ledger.Id, ledger.Receipts), strictly);
    }

    [Fact]
    public void A_tree_has_no_leaves_beside_its_own()
    {
        var map = new FieldMap(ledger.Id);
        foreach (Receipt receipt in ledger.Receipts)
            map.Add(receipt, null);
        FieldTree tree = map.OpenTree();
        int leaves = (int)tree.Head.Size;
        Assert.Equal(leaves - 1, tree.Find(tree.KeyAt(leaves - 1)));
        foreach (int leaf in (int[])[-1, leaves])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => tree.KeyAt(leaf));
            Assert.Throws<ArgumentOutOfRangeException>(() => tree.PostingsAt(leaf));
            Assert.Throws<ArgumentOutOfRangeException>(() => tree.EntriesAt(leaf));
        }
    }

    [Fact]
    public void Erasing_one_by_one_looks_at_each_entry_once()
    {
        const int Many = 40_000;
        Receipt like = ledger.Receipts.First(r => r.Entry.Body.Event == Events.ClaimsRecorded && r.Payload is not null);
        object record = EventPayloads.Read(Events.ClaimsRecorded, like.Payload!.Root)!;
        var map = new FieldMap(ledger.Id);
        for (int i = 1; i <= Many; i++)
            map.Add(Receipt.Create(like.Entry with { Index = i }, like.Payload, like.Salt.Span), record);
        EntryBody erasing = ledger.Receipts[0].Entry.Body with { Event = Events.PayloadErased };
        EntryBody Erasing(long index) =>
            erasing with
            {
                Control = new PayloadErased([new ErasedEntry(index, null)], "asked for").ToControl(),
            };
        var watch = Stopwatch.StartNew();
        for (int i = 1; i < Many; i++)
            map.Drop(Erasing(i));
        // Going through all of them each time takes several times as long on any machine.
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(3));
        var last = new FieldMap(ledger.Id);
        last.Add(Receipt.Create(like.Entry with { Index = Many }, like.Payload, like.Salt.Span), record);
        Assert.Equal(last.Heads.Sealed, map.Heads.Sealed);
        map.Drop(Erasing(Many));
        Assert.Equal(EpochFields.Empty.Sealed, map.Heads.Sealed);
    }

    [Fact]
    public void A_map_with_more_values_than_are_kept_is_followed_by_one_that_is_right()
    {
        var map = new FieldMap(ledger.Id);
        for (int i = 0; i < 10_000; i++)
            map.AddOwn(i, $"x-{i}", FoldLedger.Author.PublicKey.Id);
        Assert.Equal(10_001, map.Heads.Open.Size);
        map.Begin();
        Assert.Equal(EpochFields.Empty, map.Heads);
        foreach (Receipt receipt in ledger.Receipts)
            map.Add(receipt, Record(receipt));
        map.AddOwn(ledger.Fold.Size, "x-own", FoldLedger.Author.PublicKey.Id);
        ledger.Add(ledger.Make("x-own", FoldLedger.Own("more")));
        Assert.Equal(NaiveFields.Of(ledger.Id, ledger.Receipts), map.Heads);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(long.MaxValue, long.MaxValue)]
    [InlineData(long.MaxValue, long.MinValue)]
    [InlineData(3, 5)]
    public void An_index_that_cannot_be_or_does_not_follow_is_refused(long first, long second)
    {
        var map = new FieldMap(default);

        Assert.ThrowsAny<ArgumentException>(() =>
        {
            map.AddOwn(first, "x-own", default);
            map.AddOwn(second, "x-own", default);
        });
    }

    [Fact]
    public void Entries_of_as_many_claims_as_fit_are_taken_whole()
    {
        for (int entry = 0; entry < 4; entry++)
            ledger.AddClaims([
                .. Enumerable
                    .Range(0, 256)
                    .Select(i => FoldLedger.Claim($"many-{entry}-{i}", $"subject {i}", 1, $"s{i % 3}")),
            ]);
        Assert.Equal(NaiveFields.Of(ledger.Id, ledger.Receipts), ledger.Fold.NextEpoch(default).Index);
    }

    [Fact]
    public void Another_map_is_refused()
    {
        Refused(i => i! with { Open = Other });
        Refused(i => i! with { Open = i.Open with { Size = i.Open.Size + 1 } });
        Refused(i => i! with { Sealed = Other });
        Refused(i => i! with { Sealed = i.Sealed with { Size = 0 } });
        Refused(i => new EpochFields(i!.Sealed, i.Open));
        ledger.Add(ledger.Epoch());
        Refused(_ => EpochFields.Empty);
        // With a map of the whole ledger instead of the epoch.
        Refused(_ => NaiveFields.Of(ledger.Id, ledger.Receipts));
    }

    [Fact]
    public void Ledgers_without_maps_go_over_to_them_once_and_never_back()
    {
        ledger.Add(ledger.Epoch(o => o with { Index = null }));
        ledger.Add(ledger.Make("x-own", FoldLedger.Own("between")));
        ledger.Add(ledger.Epoch(o => o with { Index = null }));
        Assert.NotNull(EpochOpened.Read(ledger.Add(ledger.Epoch()).Entry.Body, ledger.Hasher).Index);
        Refused(_ => null);
        ledger.Add(ledger.Make("x-own", FoldLedger.Own("after")));
        Refused(_ => null);
        Assert.True(FoldLedger.Verify(ledger.Receipts, ledger.Trust).Holds);
    }

    [Fact]
    public void A_bundle_takes_the_log_s_word_for_a_map_but_not_for_its_absence()
    {
        ledger.Add(ledger.Epoch());
        Receipt last = ledger.Add(ledger.Epoch());
        var part = new LedgerFold(ledger.Id, isPart: true);
        foreach (Receipt control in ledger.Receipts.Where(r => Events.IsControl(r.Entry.Body.Event) && r != last))
        {
            Assert.Null(part.Judge(control, out object? payload));
            part.Apply(control, payload);
        }
        Assert.False(part.KnowsFields);
        Assert.Null(part.Judge(Bent(last, EpochFields.Empty), out _));
        Assert.Equal(ErrorCodes.EpochBroken, part.Judge(Bent(last, null), out _)?.Code);
    }

    [Fact]
    public void Who_takes_over_a_state_believes_the_first_map_and_judges_the_next()
    {
        FoldState state = ledger.Fold.ExportState();
        Dictionary<Digest, byte[]> parts = state
            .Blocks.Append(state.Head)
            .ToDictionary(part => part.Digest, part => part.ToBytes());
        LedgerFold imported = LedgerFold.ImportState(ledger.Id, state.Digest, digest => parts[digest]);
        ledger.Add(ledger.Make("x-own", FoldLedger.Own("of the first epoch")));
        Receipt first = ledger.Add(ledger.Epoch());
        foreach (Receipt receipt in ledger.Receipts.Skip((int)imported.Size).SkipLast(1))
            imported.Apply(receipt, Record(receipt));
        Assert.False(imported.KnowsFields);
        Assert.Null(imported.NextEpoch(default).Index);
        Assert.Null(imported.Judge(Bent(first, EpochFields.Empty), out _));
        Assert.Null(imported.Judge(Bent(first, null), out _));
        imported.Apply(first, null);
        Assert.True(imported.KnowsFields);
        Receipt second = ledger.Add(ledger.Epoch());
        Assert.Null(imported.Judge(second, out _));
        Assert.Equal(ErrorCodes.EpochBroken, imported.Judge(Bent(second, EpochFields.Empty), out _)?.Code);
        Assert.Equal(ErrorCodes.EpochBroken, imported.Judge(Bent(second, null), out _)?.Code);
    }

    [Fact]
    public void What_was_erased_within_an_epoch_is_not_in_its_map_whoever_still_has_it()
    {
        FoldLedger alone = ErasureLedger.Alone();
        long claims = alone.AddClaims(FoldLedger.Claim("a", "A", 1, "s")).Entry.Index;
        alone.AddClaims(FoldLedger.Claim("b", "B", 1, "s"));
        EpochFields with = alone.Fold.NextEpoch(default).Index!;
        alone.Govern(Events.PayloadErased, alone.Plan(claims).ToControl());
        EpochFields without = EpochOpened.Read(alone.Add(alone.Epoch()).Entry.Body, alone.Hasher).Index!;
        Assert.Equal(NaiveFields.Of(alone.Id, alone.Receipts.SkipLast(1), index => index == claims), without);
        Assert.NotEqual(with.Sealed, without.Sealed);
        foreach (IReadOnlyList<Receipt> copy in (IReadOnlyList<Receipt>[])[alone.Receipts, alone.Carried()])
        {
            Verdict verdict = FoldLedger.Verify(copy, alone.Trust);
            Assert.True(verdict.Holds, verdict.ToJson().ToString());
            Assert.DoesNotContain(verdict.Excludes, line => line.Contains("folded state", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void What_was_erased_after_its_epoch_leaves_the_sealed_half_to_the_log_and_the_open_half_judged()
    {
        FoldLedger alone = ErasureLedger.Alone();
        long claims = alone.AddClaims(FoldLedger.Claim("a", "A", 1, "s")).Entry.Index;
        alone.Add(alone.Epoch());
        alone.Govern(Events.PayloadErased, alone.Plan(claims).ToControl());
        alone.Add(alone.Epoch());
        Assert.True(FoldLedger.Verify(alone.Receipts, alone.Trust).Holds);
        Verdict verdict = FoldLedger.Verify(alone.Carried(), alone.Trust);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Contains(verdict.Excludes, line => line.StartsWith("that 1 epoch names", StringComparison.Ordinal));
        var fold = new LedgerFold(alone.Id);
        foreach (Receipt receipt in alone.Carried().TakeWhile(r => r.Entry.Body.Event != Events.EpochOpened))
            fold.Apply(receipt, Record(receipt));
        Receipt epoch = alone.Receipts[(int)fold.Size];
        EpochFields said = EpochOpened.Read(epoch.Entry.Body, alone.Hasher).Index!;
        Assert.Null(fold.Judge(Bent(epoch, said with { Sealed = Other }), out _));
        Assert.Equal(ErrorCodes.EpochBroken, fold.Judge(Bent(epoch, said with { Open = Other }), out _)?.Code);
    }

    [Theory]
    [InlineData(-3)]
    [InlineData(7)]
    public void An_entry_out_of_place_is_refused_and_stops_nothing(long by)
    {
        ledger.Add(ledger.Make("x-own", FoldLedger.Own("before")));
        ledger.AddUnjudged(ledger.Make("x-own", FoldLedger.Own("here"), entry: e => e with { Index = e.Index + by }));
        ledger.AddUnjudged(ledger.Make("x-own", FoldLedger.Own("after")));
        ledger.AddUnjudged(ledger.Epoch());
        ledger.AddUnjudged(ledger.Make("x-own", FoldLedger.Own("in the next epoch")));
        Verdict verdict = FoldLedger.Verify(ledger.Receipts, ledger.Trust);
        Assert.False(verdict.Holds);
        Assert.Contains(
            verdict.Stages.Single(s => s.Name == "entries").Findings,
            f => f.Code == ErrorCodes.EntryMalformed
        );
    }

    [Fact]
    public void A_fold_goes_on_from_what_was_noted_in_mid_epoch()
    {
        FoldLedger random = RandomLedger.Make(21, 60, changesPolicy: true);
        var fold = new LedgerFold(random.Id);
        foreach (Receipt receipt in random.Receipts)
        {
            LedgerFold noted = Noted(fold);
            if (fold.Size > 0)
            {
                Assert.Equal(fold.NextEpoch(default).Index, noted.NextEpoch(default).Index);
                Assert.Equal(fold.ExportFields(), noted.ExportFields());
            }
            if (receipt.Entry.Body.Event == Events.EpochOpened)
            {
                Assert.Null(noted.Judge(receipt, out _));
                Assert.Equal(ErrorCodes.EpochBroken, noted.Judge(Bent(receipt, EpochFields.Empty), out _)?.Code);
            }
            fold.Apply(receipt, Record(receipt));
        }
        ledger.Add(ledger.Epoch());
        Assert.Equal(
            ErrorCodes.EpochBroken,
            Noted(ledger.Fold).Judge(ledger.Epoch(o => o with { Index = null }), out _)?.Code
        );
    }

    [Fact]
    public void A_note_that_is_cut_or_altered_is_refused_or_another_map()
    {
        byte[] good = ledger.Fold.ExportFields();
        for (int length = 0; length < good.Length; length++)
            Assert.Equal(ErrorCodes.PartBroken, Import(good[..length]).Code);
        Assert.Equal(ErrorCodes.PartBroken, Import([.. good, 0]).Code);
        for (int at = 0; at < good.Length; at++)
        {
            byte[] bent = [.. good];
            bent[at] ^= 0x80;
            Assert.True(ReferenceEquals(Import(bent), Held) || Import(bent).Code == ErrorCodes.PartBroken);
        }
    }

    private static readonly TessraxException Held = new(ErrorCodes.BadValue, "it was read");

    private TessraxException Import(byte[] bytes)
    {
        try
        {
            LedgerFold fold = Noted(ledger.Fold);
            fold.ImportFields(bytes);
            fold.NextEpoch(default);
            fold.ExportFields();
            return Held;
        }
        catch (TessraxException e)
        {
            return e;
        }
    }

    private static LedgerFold Noted(LedgerFold fold)
    {
        if (fold.Size == 0)
            return fold;
        FoldState state = fold.ExportState();
        Dictionary<Digest, byte[]> parts = state
            .Blocks.Append(state.Head)
            .ToDictionary(part => part.Digest, part => part.ToBytes());
        LedgerFold noted = LedgerFold.ImportState(fold.State.Ledger, state.Digest, digest => parts[digest]);
        noted.ImportFields(fold.ExportFields());
        return noted;
    }

    private LedgerFold Before(Receipt end)
    {
        var fold = new LedgerFold(ledger.Id);
        foreach (Receipt receipt in ledger.Receipts.Take((int)end.Entry.Index))
            fold.Apply(receipt, Record(receipt));
        return fold;
    }

    // The same epoch with another map, and the nonce that follows from it.
    private Receipt Bent(Receipt epoch, EpochFields? index)
    {
        EpochOpened said = EpochOpened.Read(epoch.Entry.Body, ledger.Hasher);
        JsonValue control = (said with { Index = index }).ToControl(ledger.Hasher);
        EntryBody body = epoch.Entry.Body with
        {
            Control = control,
            Nonce = EpochOpened.NonceOf(Digest.Parse(epoch.Entry.Body.Ledger), control),
        };
        return Receipt.Create(epoch.Entry with { Body = body }, null, []);
    }

    private void Refused(Func<EpochFields?, EpochFields?> change)
    {
        Refusal? refusal = ledger.Judge(ledger.Epoch(o => o with { Index = change(o.Index) }));
        Assert.Equal((Aspect.Governance, ErrorCodes.EpochBroken), (refusal?.Aspect, refusal?.Code));
        Assert.Contains("the map of fields", refusal!.Message, StringComparison.Ordinal);
    }

    private static object? Record(Receipt receipt) =>
        receipt.Payload is { } payload ? EventPayloads.Read(receipt.Entry.Body.Event, payload.Root) : null;
}
