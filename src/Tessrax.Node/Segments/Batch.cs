using Tessrax.Ledger;
using Tessrax.Node.Recovery;

namespace Tessrax.Node.Segments;

/// <summary>One entry as stored, with what lies beside it.</summary>
/// <param name="Entry">The leaf's bytes: 1 to 65,535.</param>
/// <param name="Payload">The payload: at most 1 MiB; empty when there is none.</param>
/// <param name="Salt">The payload's 32-byte salt; empty when there is no payload.</param>
/// <param name="IsErased">Whether there was a payload, and it was erased together with its salt.</param>
public readonly record struct StoredEntry(
    ReadOnlyMemory<byte> Entry,
    ReadOnlyMemory<byte> Payload,
    ReadOnlyMemory<byte> Salt,
    bool IsErased = false
)
{
    /// <summary>The receipt, read strictly; what it says is still to be checked.</summary>
    /// <exception cref="TessraxException">As <see cref="Receipt.Parse"/>.</exception>
    public Receipt ToReceipt() => Receipt.Parse(Entry.Span, Payload.Span, Salt.Span, IsErased);

    /// <summary>Whether nothing lies beside an entry that commits to a payload, though nobody says that it was erased: a repair found it nowhere. Bytes that are
    /// no entry are not told so.</summary>
    internal bool IsLost =>
        Payload.IsEmpty && Salt.IsEmpty && !IsErased && StoredPayload.EntryOf(this) is { Body.Payload: not null };

    /// <summary>Whether it is lost, and the ledger can be written to without it: see <see cref="Ledger.Events.CanBeGivenUp"/>.</summary>
    internal bool IsLostAndBearable =>
        Payload.IsEmpty
        && Salt.IsEmpty
        && !IsErased
        && StoredPayload.EntryOf(this) is { Body: { Payload: not null } body }
        && Events.CanBeGivenUp(body.Event);

    /// <summary>Whether the entry erases payloads or was written by a repair, so that records before it may be in other files now. True also of one that speaks of such an entry.</summary>
    /// <remarks>In canonical JSON, text within text has its quotes escaped: only such an entry holds these bytes.</remarks>
    internal bool ChangesRecords => ErasesPayloads || Entry.Span.IndexOf("\"event\":\"LEDGER_REPAIRED\""u8) >= 0;

    /// <summary>Whether the entry erases payloads of others.</summary>
    internal bool ErasesPayloads =>
        Entry.Span.IndexOf("\"event\":\"PAYLOAD_ERASED\""u8) >= 0
        || Entry.Span.IndexOf("\"event\":\"LEDGER_COMPACTED\""u8) >= 0;

    /// <summary>The same entry without its payload, marked as erased.</summary>
    public StoredEntry Erase() => new(Entry, default, default, IsErased: true);
}

/// <summary>What one record holds: entries that became durable together, and the signed checkpoint that covers them.</summary>
/// <param name="FirstIndex">The index of the first entry, from 0.</param>
/// <param name="Entries">The entries: at least one.</param>
/// <param name="Checkpoint">The signed checkpoint of the tree whose size is <see cref="NextIndex"/>: 1 to 65,535 bytes.</param>
public sealed record Batch(long FirstIndex, IReadOnlyList<StoredEntry> Entries, ReadOnlyMemory<byte> Checkpoint)
{
    /// <summary>The index after the last entry: the size of the tree that <see cref="Checkpoint"/> covers.</summary>
    public long NextIndex => FirstIndex + Entries.Count;
}

/// <summary>Says whether bytes are a checkpoint that this ledger's key signed for a tree of exactly <paramref name="size"/> entries.</summary>
/// <remarks>Recovery asks it, so that a payload that imitates a record cannot pass for a record that was written later: its
/// author has no signed checkpoint of a tree that does not exist yet. Look at the size before the signature: it is cheaper.</remarks>
public delegate bool CheckpointTest(ReadOnlyMemory<byte> checkpoint, long size);

/// <summary>Where a scan ended.</summary>
/// <param name="Size">The number of entries in the ledger.</param>
/// <param name="Bytes">The bytes of headers and whole records that were read.</param>
/// <param name="TornBytes">The bytes after the last whole record, up to the last that is not zero: a write that was cut short
/// (or, for a reader beside a writer, that is under way), or a last record that was damaged later. The store cannot tell
/// these apart; a mark kept elsewhere can.</param>
/// <param name="File">The name of the last segment, for example <c>segments/0000000000.seg</c>.</param>
/// <param name="Offset">Where the next record goes in it.</param>
public sealed record ScanEnd(long Size, long Bytes, long TornBytes, string File, long Offset);
