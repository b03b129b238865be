using System.Buffers;
using System.Text;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>Which entries of an epoch have which values: what the next EPOCH_OPENED commits to, gathered entry by entry.</summary>
/// <remarks>Pure, and not safe for concurrent use. A value is no text any more once its entry was added, but a key; and in the sealed half, which holds what payloads say, whoever
/// has the postings but not the salt of a payload cannot try guesses of what it said. See spec/index.md, section 6.</remarks>
/// <param name="ledger">The ledger's id.</param>
public sealed class FieldMap(Digest ledger)
{
    // The most that events and keys take which are known by their slots.
    private const int MostKnown = 1 << 12;

    private readonly FieldPostings open = new(isSealed: false);
    private readonly FieldPostings hidden = new(isSealed: true);

    // Entries whose payload has values, and is missing.
    private readonly IndexSet lacked = new();
    private readonly Dictionary<string, int> events = new(StringComparer.Ordinal);
    private readonly Dictionary<Digest, int> keys = [];
    private readonly List<FieldValue> said = [];
    private (string Name, int Slot) lastEvent = ("", -1);
    private (Digest By, int Slot) lastKey = (default, -1);
    private EpochFields? known;

    /// <summary>Whether every payload that has values was there, or was erased by a later entry: otherwise nobody can tell the sealed half.</summary>
    public bool KnowsSealed => lacked.Count == 0;

    /// <summary>The trees' heads, as an EPOCH_OPENED that comes next commits to them.</summary>
    public EpochFields Heads => known ??= new EpochFields(OpenTree().Head, SealedTree().Head);

    /// <summary>The key of a value: SHA-256("tessrax/field/v1\n" || 32-byte ledger id || number of the field, a byte || value in UTF-8).</summary>
    public static Digest KeyOf(Digest ledger, FieldValue value)
    {
        Span<byte> head = stackalloc byte[SignedBytes.MaxHead + 1];
        int length = SignedBytes.WriteHead("tessrax/field/v1\n", ledger, head);
        head[length++] = (byte)value.Field;
        int most = Encoding.UTF8.GetMaxByteCount(value.Value.Length);
        Span<byte> text = most <= 512 ? stackalloc byte[512] : new byte[most];
        return HashEngine.Sha256.Hash(head[..length], text[..Encoding.UTF8.GetBytes(value.Value, text)]);
    }

    /// <summary>What stands in the place of a payload's salt: SHA-256("tessrax/posting/v1\n" || salt).</summary>
    public static Digest BlindOf(ReadOnlySpan<byte> salt) => HashEngine.Sha256.Hash("tessrax/posting/v1\n"u8, salt);

    /// <summary>Adds the next entry.</summary>
    /// <param name="receipt">The entry.</param>
    /// <param name="payload">What its payload holds, as <see cref="EventPayloads.Read"/> gives it; null where there is none.</param>
    /// <exception cref="ArgumentException">Its index does not follow the one before.</exception>
    public void Add(Receipt receipt, object? payload)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        EntryBody body = receipt.Entry.Body;
        long index = receipt.Entry.Index;
        AddOwn(index, body.Event, body.By.Key);
        if (body.Policy is { } pin)
            open.Post(open.SlotOf(KeyOf(ledger, new FieldValue(FieldId.Policy, EntryFields.PolicyText(pin)))));
        if (payload is null && EntryFields.HasSealed(body.Event))
            lacked.Add(index);
        EntryFields.AddSealed(said, payload);
        if (said.Count == 0)
            return;
        hidden.Enter(index, BlindOf(receipt.Salt.Span));
        foreach (FieldValue value in said)
            hidden.Post(hidden.SlotOf(KeyOf(ledger, value)));
        said.Clear();
    }

    /// <summary>Adds a user's own event: the same as <see cref="Add"/> with its receipt, as a rule without an object for anything.</summary>
    /// <param name="index">The entry's.</param>
    /// <param name="name">Its event.</param>
    /// <param name="by">The key that vouches for it.</param>
    /// <exception cref="ArgumentException">The index is negative, or does not follow the one before.</exception>
    public void AddOwn(long index, ReadOnlySpan<char> name, Digest by)
    {
        known = null;
        open.Enter(index);
        if (lastEvent.Slot < 0 || !name.SequenceEqual(lastEvent.Name))
            lastEvent = FindEvent(name);
        open.Post(lastEvent.Slot);
        if (lastKey.Slot < 0 || lastKey.By != by)
            lastKey = (by, FindKey(by));
        open.Post(lastKey.Slot);
    }

    /// <summary>Lets what payloads said count no more that a control event erases: for those who still have them as for those who have not.</summary>
    /// <param name="erasing">What it says; of other events, nothing happens.</param>
    /// <exception cref="TessraxException">TSX1006 to TSX1009: it is not of its form.</exception>
    public void Drop(EntryBody erasing)
    {
        ArgumentNullException.ThrowIfNull(erasing);
        if (erasing.Event == Events.PayloadErased)
        {
            foreach (ErasedEntry one in PayloadErased.Read(erasing).Entries)
                Drop(one.Index, one.Index + 1, static _ => true);
        }
        else if (erasing.Event == Events.LedgerCompacted)
        {
            var compacted = LedgerCompacted.Read(erasing);
            Drop(compacted.From, compacted.To, compacted.Covers);
        }
    }

    private void Drop(long from, long to, Predicate<long> erased)
    {
        known = null;
        hidden.Drop(from, to, erased);
        if (lacked.Count > 0)
            lacked.RemoveAll(index => from <= index && index < to && erased(index));
    }

    /// <summary>Begins with the entries of the next epoch.</summary>
    public void Begin()
    {
        known = null;
        hidden.Clear();
        lacked.RemoveAll(_ => true);
        if (open.Clear() && events.Count <= MostKnown && keys.Count <= MostKnown)
            return;
        events.Clear();
        keys.Clear();
        (lastEvent, lastKey) = (("", -1), (default, -1));
    }

    /// <summary>Writes what was gathered since the epoch began; only if <see cref="KnowsSealed"/>.</summary>
    internal void Write(IBufferWriter<byte> output)
    {
        output.Write(Form);
        open.Write(output);
        hidden.Write(output);
    }

    /// <summary>Reads what <see cref="Write"/> writes.</summary>
    /// <param name="ledger">The ledger's id.</param>
    /// <param name="input">The bytes.</param>
    /// <param name="size">How many entries the ledger has.</param>
    /// <exception cref="TessraxException">TSX5025: it is nothing of the kind.</exception>
    internal static FieldMap Read(Digest ledger, ReadOnlySpan<byte> input, long size)
    {
        var map = new FieldMap(ledger);
        bool isForm = input.StartsWith(Form);
        if (isForm)
        {
            input = input[Form.Length..];
            map.open.Read(ref input, size);
            map.hidden.Read(ref input, size);
        }
        return isForm && input.IsEmpty
            ? map
            : throw ErrorCodes.PartBroken.Because("these are not the fields of an epoch");
    }

    /// <summary>The open half so far.</summary>
    public FieldTree OpenTree() => FieldTree.Of(open);

    /// <summary>The sealed half so far; what it is only if <see cref="KnowsSealed"/>.</summary>
    public FieldTree SealedTree() => FieldTree.Of(hidden);

    private static ReadOnlySpan<byte> Form => "tessrax/fields-open/v1\n"u8;

    private (string Name, int Slot) FindEvent(ReadOnlySpan<char> name)
    {
        if (events.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out string? known, out int slot))
            return (known, slot);
        string text = name.ToString();
        return (text, events[text] = open.SlotOf(KeyOf(ledger, new FieldValue(FieldId.Event, text))));
    }

    private int FindKey(Digest by) =>
        keys.TryGetValue(by, out int slot)
            ? slot
            : keys[by] = open.SlotOf(KeyOf(ledger, new FieldValue(FieldId.Key, by.ToHex())));
}
