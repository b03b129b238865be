using System.Numerics;
using System.Runtime.CompilerServices;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>A nonce with the scope in which it is used once: nobody can burn another's.</summary>
/// <param name="Kind">What the key does: <c>a</c> authors bodies, <c>l</c> is the log's, <c>v</c> gives verdicts.</param>
/// <param name="Key">The whole key id.</param>
/// <param name="Nonce">The 16 bytes, big-endian.</param>
internal readonly record struct ScopedNonce(byte Kind, Digest Key, UInt128 Nonce)
{
    public const byte Author = (byte)'a';
    public const byte Log = (byte)'l';
    public const byte Verdict = (byte)'v';

    public static ScopedNonce Of(EntryBody body) => Of(body.By, body.Nonce);

    // An author's key has one scope, whether it signs a body alone or in a batch: it cannot use a nonce twice by changing the kind.
    public static ScopedNonce Of(Voucher by, string nonce) => Of(by, Read(nonce));

    public static ScopedNonce Of(Voucher by, UInt128 nonce) => new(KindOf(by), by.Key, nonce);

    /// <summary>The scope that a voucher's nonces have.</summary>
    public static byte KindOf(Voucher by) => by.Kind == VoucherKind.Log ? Log : Author;

    public static ScopedNonce Of(Approval approval) => new(Verdict, approval.Key, Read(approval.Nonce));

    /// <exception cref="TessraxException">TSX1009: not 16 bytes in base64.</exception>
    private static UInt128 Read(string nonce)
    {
        Span<byte> bytes = stackalloc byte[EntryBody.NonceBytes + 2];
        return Convert.TryFromBase64String(nonce, bytes, out int length) && length == EntryBody.NonceBytes
            ? System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes)
            : throw ErrorCodes.BadValue.Because($"the nonce '{nonce}' is not {EntryBody.NonceBytes} bytes in base64");
    }
}

/// <summary>A nonce that is kept, and by which entry.</summary>
/// <param name="Scoped">The nonce.</param>
/// <param name="Index">The entry that used it.</param>
/// <param name="InContent">Whether it is that of a body which the entry proposes, and is erased with the entry's payload.</param>
/// <param name="Until">The last moment at which it is kept.</param>
internal readonly record struct KeptNonce(ScopedNonce Scoped, long Index, bool InContent, UtcTime Until);

/// <summary>The nonces that are still live: each is kept until what it belongs to has expired, plus skew.</summary>
/// <remarks>
/// A slot has 32 bytes and the table that finds it at most 12 more, so a million live nonces take less than 48 MB. Slots stand in the order
/// of their entries. What has expired stays where it is, unseen, until a fifth of the slots are such: nothing is searched or moved for one nonce.
/// Finding allocates nothing.
/// </remarks>
internal sealed class NonceBook
{
    /// <summary>The most keys whose nonces are kept; a governance state knows at most 256.</summary>
    public const int MaxKeys = 1024;

    private const int Smallest = 64;

    // A slot's reference: 53 bits of index, one bit for where it stands, 10 bits of key.
    private const int KeyBits = 10;

    private readonly Dictionary<(byte Kind, Digest Key), int> references = [];
    private readonly List<(byte Kind, Digest Key)> keys = [];
    private Slot[] slots = [];
    private int used;

    // Slot numbers plus one, so that 0 is a free place; linear probing.
    private int[] table = [];
    private long now;

    // Where time was set back: of the slots below a place, those that were to be kept until before a moment are dropped for good. Places ascend,
    // moments descend, so the first cut above a slot is the one that counts.
    private readonly List<(int Below, long Moment)> cuts = [];

    /// <summary>How many nonces are kept.</summary>
    public int Count => Live().Count();

    /// <summary>Bytes held for them.</summary>
    public long Footprint => (slots.LongLength * Unsafe.SizeOf<Slot>()) + (table.LongLength * sizeof(int));

    /// <summary>Keeps a nonce, unless it is kept already.</summary>
    /// <exception cref="TessraxException">TSX1006: more than 1,024 keys have used nonces.</exception>
    public void Add(ScopedNonce scoped, long index, UtcTime until, bool inContent)
    {
        int key = ReferenceTo(scoped.Kind, scoped.Key);
        if (SlotOf(key, scoped.Nonce) < 0)
            Keep(new Slot(scoped.Nonce, until.Ticks, Slot.Refer(index, inContent, key)));
    }

    /// <summary>Keeps a body's nonce by <see cref="ReferenceTo"/>; false if it is kept already.</summary>
    public bool TryAdd(int key, UInt128 nonce, long index, UtcTime until)
    {
        if (SlotOf(key, nonce) >= 0)
            return false;
        Keep(new Slot(nonce, until.Ticks, Slot.Refer(index, inContent: false, key)));
        return true;
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
            references.TryGetValue((scoped.Kind, scoped.Key), out int key)
            && SlotOf(key, scoped.Nonce) is >= 0 and int slot
        )
            slots[slot].Until = Slot.Gone;
    }

    /// <summary>Keeps no longer what stood in the payloads of entries.</summary>
    public void RemoveContentOf(Func<long, bool> erased)
    {
        for (int i = 0; i < used; i++)
        {
            if (slots[i].InContent && erased(slots[i].Index))
                slots[i].Until = Slot.Gone;
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
        for (int i = 0; i < used; i++)
        {
            if (!IsKept(i))
                continue;
            Slot slot = slots[i];
            (byte kind, Digest key) = keys[slot.Key];
            yield return new KeptNonce(
                new ScopedNonce(kind, key, slot.Nonce),
                slot.Index,
                slot.InContent,
                UtcTime.FromTicks(slot.Until)
            );
        }
    }

    private void Keep(Slot slot)
    {
        if (used == slots.Length)
            MakeRoom();
        slots[used] = slot;
        Enter(used++);
    }

    private int SlotOf(int key, UInt128 nonce)
    {
        if (table.Length == 0)
            return -1;
        for (int at = PlaceOf(key, nonce); table[at] != 0; at = (at + 1) & (table.Length - 1))
        {
            int slot = table[at] - 1;
            if (slots[slot].Nonce == nonce && slots[slot].Key == key && IsKept(slot))
                return slot;
        }
        return -1;
    }

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
        if (cuts.Count == 0 || cuts[^1].Below < used)
            cuts.Add((used, now));
    }

    // HashCode is seeded anew in every process: whoever chooses nonces cannot choose where they collide.
    private int PlaceOf(int key, UInt128 nonce) => HashCode.Combine(nonce, key) & (table.Length - 1);

    private void Enter(int slot)
    {
        (UInt128 nonce, int key) = (slots[slot].Nonce, slots[slot].Key);
        int at = PlaceOf(key, nonce);
        // One that is used again once it has expired takes its own place: else those used before would have to be passed by each time.
        while (table[at] != 0 && (slots[table[at] - 1].Nonce != nonce || slots[table[at] - 1].Key != key))
            at = (at + 1) & (table.Length - 1);
        table[at] = slot + 1;
    }

    private void MakeRoom()
    {
        int live = 0;
        for (int i = 0; i < used; i++)
            live += IsKept(i) ? 1 : 0;
        if (live > slots.Length / 5 * 4 || slots.Length < Smallest)
            Array.Resize(ref slots, Math.Max(Smallest, slots.Length + (slots.Length / 4)));
        Compact();
    }

    private void Compact()
    {
        int kept = 0;
        for (int i = 0; i < used; i++)
        {
            if (IsKept(i))
                slots[kept++] = slots[i];
        }
        used = kept;
        cuts.Clear();
        int places = (int)BitOperations.RoundUpToPowerOf2((uint)(slots.Length + (slots.Length / 2)));
        if (table.Length == places)
            Array.Clear(table);
        else
            table = new int[places];
        for (int i = 0; i < used; i++)
            Enter(i);
    }

    private struct Slot(UInt128 nonce, long until, ulong reference)
    {
        /// <summary>Before all moments.</summary>
        public const long Gone = -1;

        public readonly UInt128 Nonce => nonce;

        public long Until { readonly get; set; } = until;

        public readonly long Index => (long)(reference >> (KeyBits + 1));

        public readonly bool InContent => (reference >> KeyBits & 1) != 0;

        public readonly int Key => (int)(reference & (MaxKeys - 1));

        public static ulong Refer(long index, bool inContent, int key) =>
            ((ulong)index << (KeyBits + 1)) | (inContent ? 1UL << KeyBits : 0) | (uint)key;
    }
}
