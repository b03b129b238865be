using System.Numerics;
using System.Runtime.Intrinsics.X86;
using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Governance;

/// <summary>The nonces that are still live: each is kept until what it belongs to has expired, plus skew.</summary>
/// <remarks>
/// A nonce has 32 bytes, and the table that finds it at most 16 more. What has expired stays where it is, unseen, until it and all that came before it can go:
/// nothing is searched or moved for one nonce. Finding allocates nothing. The digest of a block's part of the state is kept until one of its nonces comes or goes, so
/// that an epoch costs only what changed.
/// </remarks>
internal sealed class NonceBook
{
    /// <summary>The most keys whose nonces are kept; a governance state knows at most 256.</summary>
    public const int MaxKeys = 1 << NonceSlot.KeyBits;

    private const int Smallest = 32;

    private readonly Dictionary<(byte Kind, Digest Key), int> references = [];
    private readonly List<(byte Kind, Digest Key)> keys = [];
    private readonly NonceSlots slots = new();

    // Where each block of entries begins among the slots, ascending.
    private readonly List<Block> blocks = [];

    // A power of two of places, each with as many bits of a slot's number plus one as there are bits of place, and above them those of the hash; 0 is a free place.
    // Linear probing. A number below the first that is held is a place that may be taken again.
    private int[] table = [];
    private int taken;
    private long now;

    // Where time was set back: of the slots below a place, those that were to be kept until before a moment are dropped for good. Places ascend,
    // moments descend, so the first cut above a slot is the one that counts.
    private readonly List<(int Below, long Moment)> cuts = [];

    /// <summary>How many nonces are kept.</summary>
    public int Count => Live().Count();

    /// <summary>Bytes held for them.</summary>
    public long Footprint => slots.Footprint + (table.LongLength * sizeof(int));

    /// <summary>Keeps a nonce, unless it is kept already.</summary>
    /// <exception cref="TessraxException">TSX1006: more than 1,024 keys have used nonces.</exception>
    public void Add(ScopedNonce scoped, long index, UtcTime until, bool inContent) =>
        TryAdd(ReferenceTo(scoped.Kind, scoped.Key), scoped.Nonce, index, until, inContent);

    /// <summary>Keeps a nonce by <see cref="ReferenceTo"/>; false if it is kept already.</summary>
    public bool TryAdd(int key, UInt128 nonce, long index, UtcTime until, bool inContent = false)
    {
        if (4 * (taken + 1L) > 3L * table.Length || slots.Count + 1 >= table.Length)
            MakeRoom();
        int hash = HashOf(key, nonce);
        int place = PlaceOf(hash, key, nonce);
        if (KeptAt(place) >= 0)
            return false;
        taken += table[place] == 0 ? 1 : 0;
        table[place] = Entry(hash, slots.Count);
        Enter(index >> FactBook.BlockBits);
        slots.Add(new NonceSlot(nonce, until.Ticks, NonceSlot.Refer(index, inContent, key)));
        return true;
    }

    /// <summary>Says that a nonce will be looked for soon, so that what is looked at then is near. Changes nothing.</summary>
    public unsafe void Expect(int key, UInt128 nonce)
    {
        if (!Sse.IsSupported || table.Length == 0)
            return;
        fixed (int* first = table)
            Sse.Prefetch0(first + (HashOf(key, nonce) & Mask));
    }

    /// <summary>The entry that used a nonce that is kept, or null.</summary>
    public long? Find(ScopedNonce scoped) =>
        references.TryGetValue((scoped.Kind, scoped.Key), out int key) ? Find(key, scoped.Nonce) : null;

    /// <summary>The same, for who looks often: by <see cref="ReferenceTo"/>.</summary>
    public long? Find(int key, UInt128 nonce) => SlotOf(key, nonce) is >= 0 and int slot ? slots[slot].Index : null;

    /// <summary>The number by which this book knows a key in a scope.</summary>
    /// <exception cref="TessraxException">TSX1006: more than 1,024 keys have used nonces.</exception>
    public int ReferenceTo(byte kind, Digest key) =>
        TryReferenceTo(kind, key, out int reference)
            ? reference
            : throw ErrorCodes.TooLarge.Because($"nonces of more than {MaxKeys} keys");

    /// <summary>The same; false where more than 1,024 keys have used nonces.</summary>
    public bool TryReferenceTo(byte kind, Digest key, out int reference)
    {
        if (references.TryGetValue((kind, key), out reference))
            return true;
        if (keys.Count == MaxKeys)
            return false;
        reference = keys.Count;
        references.Add((kind, key), reference);
        keys.Add((kind, key));
        return true;
    }

    /// <summary>Keeps one no longer.</summary>
    public void Remove(ScopedNonce scoped)
    {
        if (
            !references.TryGetValue((scoped.Kind, scoped.Key), out int key)
            || SlotOf(key, scoped.Nonce) is not (>= 0 and int slot)
        )
            return;
        slots[slot].Until = NonceSlot.Gone;
        foreach (Block block in blocks.Where(block => block.Number == slots[slot].Index >> FactBook.BlockBits))
            block.Digest = null;
    }

    /// <summary>Keeps no longer what stood in the payloads of entries.</summary>
    public void RemoveContentOf(Func<long, bool> erased)
    {
        for (int i = 0; i < blocks.Count; i++)
        {
            (int from, int to) = RangeOf(i);
            for (int slot = from; slot < to; slot++)
            {
                if (!slots[slot].InContent || !erased(slots[slot].Index))
                    continue;
                slots[slot].Until = NonceSlot.Gone;
                blocks[i].Digest = null;
            }
        }
    }

    /// <summary>Drops every nonce that was to be kept until before a moment.</summary>
    public void Forget(UtcTime moment)
    {
        // What was dropped stays so, even if the log's time was set back.
        if (moment.Ticks < now)
            Cut();
        now = moment.Ticks;
    }

    /// <summary>Those that are kept, in the order of their entries; of one entry, that of its content first.</summary>
    public IEnumerable<KeptNonce> Live()
    {
        for (int i = slots.First; i < slots.Count; i++)
        {
            if (!IsKept(i))
                continue;
            NonceSlot slot = slots[i];
            (byte kind, Digest key) = keys[slot.Key];
            yield return new KeptNonce(
                new ScopedNonce(kind, key, slot.Nonce),
                slot.Index,
                slot.InContent,
                UtcTime.FromTicks(slot.Until)
            );
        }
    }

    /// <summary>The parts of the state that hold nonces, with the numbers of their blocks, ascending.</summary>
    public IEnumerable<(long Block, StatePart Part)> Parts()
    {
        for (int i = 0; i < blocks.Count; i++)
        {
            Block block = blocks[i];
            (int from, int to) = RangeOf(i);
            if ((block.Digest is null || block.Earliest < now) && !TryDigest(block, from, to))
                continue;
            yield return (
                block.Number,
                new StatePart(block.Digest!.Value, () => NoncePart.Write(block.Number, keys, KeptIn(from, to)))
            );
        }
    }

    // False if none is kept.
    private bool TryDigest(Block block, int from, int to)
    {
        ReadOnlySpan<NonceSlot> kept = KeptIn(from, to);
        block.Digest = kept.IsEmpty ? null : HashEngine.Sha256.Hash(NoncePart.Write(block.Number, keys, kept));
        block.Earliest = long.MaxValue;
        foreach (ref readonly NonceSlot slot in kept)
            block.Earliest = Math.Min(block.Earliest, slot.Until);
        return !kept.IsEmpty;
    }

    private ReadOnlySpan<NonceSlot> KeptIn(int from, int to)
    {
        var kept = new NonceSlot[to - from];
        int count = 0;
        for (int i = from; i < to; i++)
        {
            if (IsKept(i))
                kept[count++] = slots[i];
        }
        return kept.AsSpan(0, count);
    }

    private (int From, int To) RangeOf(int block) =>
        (
            Math.Max(blocks[block].From, slots.First),
            block + 1 < blocks.Count ? Math.Max(blocks[block + 1].From, slots.First) : slots.Count
        );

    // Another nonce is about to be added, of an entry in that block.
    private void Enter(long block)
    {
        if (blocks.Count == 0 || blocks[^1].Number != block)
            blocks.Add(new Block(block, slots.Count));
        blocks[^1].Digest = null;
        slots.Drop(now);
    }

    private int SlotOf(int key, UInt128 nonce)
    {
        if (table.Length == 0)
            return -1;
        return KeptAt(PlaceOf(HashOf(key, nonce), key, nonce));
    }

    // The slot that such a place refers to, if it is kept; else -1.
    private int KeptAt(int place) => SlotAt(place) is int slot && slot >= slots.First && IsKept(slot) ? slot : -1;

    // Where a nonce stands, kept or expired, or else where it may be entered. One that is used again once it has expired takes its own place, and those that are
    // gone leave theirs: else all that were used before would have to be passed by each time.
    private int PlaceOf(int hash, int key, UInt128 nonce)
    {
        int free = -1;
        for (int place = hash & Mask; ; place = (place + 1) & Mask)
        {
            int slot = SlotAt(place);
            if (slot < 0)
                return free < 0 ? place : free;
            if (slot < slots.First)
                free = free < 0 ? place : free;
            else if (IsAlike(table[place], hash) && slots[slot].Nonce == nonce && slots[slot].Key == key)
                return place;
        }
    }

    private int Mask => table.Length - 1;

    private int SlotAt(int place) => (table[place] & Mask) - 1;

    // Most of those that stand in each other's way are told apart without a look at their slots.
    private bool IsAlike(int entry, int hash) => ((entry ^ hash) & ~Mask) == 0;

    private int Entry(int hash, int slot) => (hash & ~Mask) | (slot + 1);

    // HashCode is seeded anew in every process: whoever chooses nonces cannot choose where they collide.
    private static int HashOf(int key, UInt128 nonce) => HashCode.Combine(nonce, key);

    private bool IsKept(int slot) => slots[slot].Until >= now && (cuts.Count == 0 || IsUncut(slot));

    private bool IsUncut(int slot)
    {
        (int first, int end) = (0, cuts.Count);
        while (first < end)
        {
            int middle = (first + end) / 2;
            (first, end) = cuts[middle].Below > slot ? (first, middle) : (middle + 1, end);
        }
        return first == cuts.Count || slots[slot].Until >= cuts[first].Moment;
    }

    // Moves nothing: in a stranger's ledger time may go to and fro with every entry.
    private void Cut()
    {
        while (cuts.Count > 0 && cuts[^1].Moment <= now)
            cuts.RemoveAt(cuts.Count - 1);
        if (cuts.Count == 0 || cuts[^1].Below < slots.Count)
            cuts.Add((slots.Count, now));
        // What has expired meanwhile does not come back.
        foreach (Block block in blocks)
        {
            if (block.Earliest < now)
                block.Digest = null;
        }
    }

    private void MakeRoom()
    {
        Renumber();
        int live = 0;
        for (int i = 0; i < slots.Count; i++)
            live += IsKept(i) ? 1 : 0;
        if (live < slots.Count / 5 * 4)
            Compact();
        int places = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(Smallest, 2 * live));
        if (table.Length == places)
            Array.Clear(table);
        else
            table = new int[places];
        taken = live;
        for (int i = 0; i < slots.Count; i++)
        {
            if (!IsKept(i))
                continue;
            int hash = HashOf(slots[i].Key, slots[i].Nonce);
            table[PlaceOf(hash, slots[i].Key, slots[i].Nonce)] = Entry(hash, i);
        }
    }

    private void Renumber()
    {
        int fell = slots.Renumber();
        for (int i = 0; i < cuts.Count; i++)
            cuts[i] = cuts[i] with { Below = Math.Max(0, cuts[i].Below - fell) };
        cuts.RemoveAll(cut => cut.Below == 0);
        foreach (Block block in blocks)
            block.From = Math.Max(0, block.From - fell);
        DropEmptyBlocks();
    }

    // Moves those that are kept together.
    private void Compact()
    {
        int kept = 0;
        for (int i = 0; i < blocks.Count; i++)
        {
            (int from, int to) = RangeOf(i);
            blocks[i].From = kept;
            for (int slot = from; slot < to; slot++)
            {
                if (IsKept(slot))
                    slots[kept++] = slots[slot];
            }
        }
        slots.Truncate(kept);
        slots.Recount();
        cuts.Clear();
        DropEmptyBlocks();
    }

    private void DropEmptyBlocks()
    {
        for (int i = blocks.Count - 1; i >= 0; i--)
        {
            (int from, int to) = RangeOf(i);
            if (from >= to)
                blocks.RemoveAt(i);
        }
    }

    /// <summary>Entries with one number but for their last 16 bits.</summary>
    private sealed class Block(long number, int from)
    {
        public long Number => number;

        /// <summary>The first slot; it may be gone.</summary>
        public int From { get; set; } = from;

        /// <summary>Of its part as it was lately; null if one of its nonces has come or gone since.</summary>
        public Digest? Digest { get; set; }

        /// <summary>The first moment after which that part is another one.</summary>
        public long Earliest { get; set; } = long.MaxValue;
    }
}
