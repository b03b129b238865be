using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Verification;
using Tessrax.Verification.Search;

namespace Tessrax.Node.Reading;

/// <summary>Makes the file that shows what a query finds in a ledger, and that nothing was left out.</summary>
/// <remarks>Reads the whole ledger once: the maps of closed epochs are made again from their entries, and not kept.</remarks>
/// <param name="view">The ledger.</param>
public sealed class SearchProver(LedgerView view)
{
    /// <summary>The most bytes of entries of the open epoch that a proof holds.</summary>
    public const long MaxOpenBytes = 32L << 20;

    private readonly GoverningEntries governing = new();
    private readonly List<IndexRanges> candidates = [];
    private readonly List<SearchedEpoch> epochs = [];
    private readonly Dictionary<FieldValue, long> widths = [];

    private long left;

    private Digest Ledger => view.Directory.Id;

    /// <summary>Whether the open epoch is to be shown, all its entries with it.</summary>
    public bool WithOpen { get; init; } = true;

    /// <summary>The most bytes of all that it holds.</summary>
    internal long MostBytes { get; init; } = SearchProof.MaxBytes;

    /// <summary>Why less is shown than was asked for; null if nothing is missing.</summary>
    public string? Notice { get; private set; }

    /// <summary>The proof against the newest checkpoint.</summary>
    /// <param name="query">What is searched for.</param>
    /// <param name="read">Told after each thousand entries or so how many were read; null for nobody.</param>
    /// <param name="cancellation">Gives it up.</param>
    /// <exception cref="TessraxException">TSX1021: the values that the query asks for do not bound what it may mean, or it may mean too much for one file; TSX3003, TSX5026: a payload that
    /// is needed was lost.</exception>
    public SearchProof Prove(Query query, Action<long>? read = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var pass = new EpochPass(this, query, view);
        foreach (Receipt receipt in view.Receipts())
        {
            cancellation.ThrowIfCancellationRequested();
            pass.Add(receipt);
            if (receipt.Entry.Index % 1024 == 0)
                read?.Invoke(receipt.Entry.Index);
        }
        long from = view.Fold.EpochAt ?? 0;
        left = MostBytes - epochs.Sum(epoch => (long)epoch.ToJson().ToCanonicalBytes().Length);
        IndexRanges wanted = IndexRanges.Union([.. candidates, IndexRanges.Of(governing.Indexes)]);
        List<BundleEntry> entries = Entries(wanted.Indexes().TakeWhile(index => !WithOpen || index < from));
        OpenEpoch? open = WithOpen ? Open(from) : null;
        if (WithOpen && open is null)
            entries.AddRange(Entries(wanted.Indexes().SkipWhile(index => index < from)));
        return new SearchProof
        {
            Query = query.ToString(),
            Checkpoint = view.Cosigned.ToString(),
            Entries = entries,
            Epochs = [.. epochs.OrderByDescending(epoch => epoch.At)],
            Open = open,
        };
    }

    private List<BundleEntry> Entries(IEnumerable<long> indexes)
    {
        var entries = new List<BundleEntry>();
        foreach (long index in indexes)
        {
            Receipt receipt = Whole(view.Receipt(index));
            Digest[] path = view.Prove(index);
            left -= SizeOf(receipt) + (48L * path.Length);
            if (left < 0)
                throw TooMuch();
            entries.Add(new BundleEntry(receipt, path));
        }
        return entries;
    }

    private OpenEpoch? Open(long from)
    {
        var entries = new List<BundleEntry>();
        // What few candidates leave room for, and never more than half of a file.
        long most = Math.Min(left, MaxOpenBytes);
        long bytes = 0;
        foreach (Receipt receipt in view.Receipts(from))
        {
            bytes += SizeOf(receipt);
            if (bytes > most)
            {
                Notice =
                    $"the entries from {from} on are more than the {Math.Max(0, most) >> 20} MiB that there is room for, so the proof does not show them; after tessraxctl rotate a new one covers them by the epoch's map";
                return null;
            }
            entries.Add(new BundleEntry(Whole(receipt), []));
        }
        return new OpenEpoch(from, Frontier.Of(view.Tree, from, view.Hasher).Peaks, entries);
    }

    private static Receipt Whole(Receipt receipt) =>
        receipt.IsLost
            ? throw ErrorCodes.Damaged.Because(
                $"the payload of entry {receipt.Entry.Index} is lost, and the query may mean it",
                "tessraxctl repair DIR --from ANOTHER-COPY puts it back from whoever still has it"
            )
            : receipt;

    private static long SizeOf(Receipt receipt) => receipt.Leaf.Length + (receipt.Payload?.Bytes.Length ?? 0) + 160L;

    private TessraxException TooMuch()
    {
        (FieldValue Value, long Count)? widest =
            widths.Count == 0 ? null : widths.Select(width => (width.Key, width.Value)).MaxBy(width => width.Value);
        long size = MostBytes - left;
        string why = widest is { } wide
            ? $"{QueryFields.NameOf(wide.Value.Field)}:{wide.Value.Value} alone has {wide.Count} entries"
            : "the control events, and the entries that it asks for by their indexes, fill it";
        return ErrorCodes.NotProvable.Because(
            $"the proof would take {size} bytes or more, and at most {MostBytes} are read: {why}",
            "narrow the query by another field, so that fewer entries are left to judge"
        );
    }

    // One pass over the ledger, an epoch's map at a time.
    private sealed class EpochPass(SearchProver prover, Query query, LedgerView view)
    {
        private readonly FieldMap map = new(view.Directory.Id);
        private readonly long open = view.Fold.EpochAt ?? 0;
        private long from;

        public void Add(Receipt receipt)
        {
            Entry entry = receipt.Entry;
            object? record = receipt.Payload is { } payload ? EventPayloads.Read(entry.Body.Event, payload.Root) : null;
            prover.governing.Add(receipt, record);
            // What comes after the last map is shown entry by entry.
            if (entry.Index > open)
                return;
            if (entry.Body.Event == Events.EpochOpened)
            {
                Close(EpochOpened.Read(entry.Body, view.Hasher));
                map.Begin();
                from = entry.Index;
            }
            map.Drop(entry.Body);
            map.Add(receipt, record);
        }

        private void Close(EpochOpened epoch)
        {
            if (epoch.Index is null)
                return;
            long to = epoch.Root.Size;
            // Each is the work of sorting and hashing all its values, which a query that asks for none of them spares.
            var openHalf = new Lazy<FieldTree>(map.OpenTree);
            var sealedHalf = new Lazy<FieldTree>(map.SealedTree);
            FieldTree? HalfOf(FieldValue value) =>
                value.IsOpen ? openHalf.Value
                : map.KnowsSealed ? sealedHalf.Value
                : null;

            var span = new EpochSpan(from, to, epoch.Epoch - 1);
            if (SearchCover.Choose(query.Root, span, CountOf) is not { } chosen)
            {
                prover.epochs.Add(Unshown(span));
                return;
            }
            FieldProof[] terms =
            [
                .. chosen.Values.Select(value => FieldProof.From(HalfOf(value)!, prover.Ledger, value)),
            ];
            var entriesWith = terms.ToDictionary(term => term.Value, SearchCover.EntriesOf);
            prover.candidates.Add(SearchCover.Of(query.Root, span, value => entriesWith.GetValueOrDefault(value))!);
            prover.epochs.Add(new SearchedEpoch(to, terms));
            foreach ((FieldValue value, IndexRanges entries) in entriesWith)
                prover.widths[value] = prover.widths.GetValueOrDefault(value) + entries.Count;

            long? CountOf(FieldValue value)
            {
                if (HalfOf(value) is not { } half)
                    return null;
                int leaf = half.Find(FieldMap.KeyOf(prover.Ledger, value));
                return leaf < 0 ? 0 : half.EntriesAt(leaf).Count;
            }
        }

        private SearchedEpoch Unshown(EpochSpan span)
        {
            if (map.KnowsSealed || !SearchCover.Bounds(query.Root))
                throw ErrorCodes.NotProvable.Because(
                    "no value of a field that the query asks for bounds which entries it may mean",
                    "join a value to it with AND, such as subject:, source:, claim:, event: or key:; words, beginnings, times and NOT stand in no map"
                );
            return view.Fold.Erasures.Touches(span.From, span.To, span.To)
                ? new SearchedEpoch(span.To, [], IsErased: true)
                : throw ErrorCodes.PayloadMissing.Because(
                    $"a payload of entries {span.From} to {span.To - 1} is lost, so the map of their fields cannot be made again",
                    "tessraxctl repair DIR --from ANOTHER-COPY puts it back from whoever still has it"
                );
        }
    }
}
