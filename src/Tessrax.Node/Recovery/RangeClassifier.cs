using System.Buffers.Binary;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Recovery;

/// <summary>How damage to records came about, told by the damage.</summary>
/// <param name="Cause">The likely cause.</param>
/// <param name="Says">What was found.</param>
/// <param name="Proof">What is proven; null if nothing.</param>
/// <param name="Bytes">The bytes concerned, where they can be told closer than by the record.</param>
internal sealed record RangeDiagnosis(FaultCause Cause, string Says, string? Proof = null, ByteRange? Bytes = null);

/// <summary>The root-cause classifier of segments: looks at what is left, at its form, and at what the signed root says should be there.</summary>
internal sealed class RangeClassifier(LedgerIdentity identity)
{
    private const int Sector = 512;

    // A run of fewer zeros may be part of a record.
    private const int FewestZeros = 64;

    /// <summary>The diagnosis of a range whose segment's file can be read.</summary>
    public RangeDiagnosis Of(DamagedRange range)
    {
        if (range.Whole is { } whole)
            return OfWhole(range, whole);
        if (range.Piece is not { } piece)
            return OfNothing(range);
        if (piece.Flip is { } flip)
            return OfFlip(range, piece, flip);
        byte[] bytes = Read(range, piece);
        return Cut(range, piece, bytes)
            ?? Zeros(piece, bytes)
            ?? Elsewhere(range, piece, bytes)
            ?? Edited(range, piece, bytes);
    }

    // The checksum holds, so whoever changed the record made it hold.
    private RangeDiagnosis OfWhole(DamagedRange range, Batch batch)
    {
        if (range.BadPayloads is [var only])
            return EditedPayload($"the payload of entry {only} is not the one that its leaf commits to");
        if (range.BadPayloads.Count > 1)
            return EditedPayload(
                $"the payloads of entries {IndexRanges.Of(range.BadPayloads)} are not those that their leaves commit to"
            );
        if (range.CheckpointFault is { } fault)
            return OfCheckpoint(range, batch, fault);
        if (OtherLedger(batch) is { } other)
            return new RangeDiagnosis(
                FaultCause.ForeignFile,
                $"the record belongs to the ledger {other}",
                "its entries name that ledger"
            );
        for (int i = 0; i < batch.Entries.Count && i < range.Leaves.Count; i++)
        {
            if (identity.Hasher.Leaf(batch.Entries[i].Entry.Span) != range.Leaves[i])
                return new RangeDiagnosis(
                    FaultCause.EditedByHand,
                    $"entry {range.Entries.Start + i} is not the one that the signed root covers, and yet the checksum holds",
                    "the leaves that give the signed root are known; the checksum was computed again after the change"
                );
        }
        return new RangeDiagnosis(
            FaultCause.EditedByHand,
            "the entries do not give the root that the record's own checkpoint signs, and yet the checksum holds",
            "the signature of the checkpoint holds, so the entries were changed after it, and the checksum computed again"
        );
    }

    private static RangeDiagnosis EditedPayload(string says) =>
        new(
            FaultCause.EditedByHand,
            $"{says}, and yet the checksum holds",
            "the checksum was computed again after the change: no accident does that"
        );

    // The ledger that all entries of a batch name; null if it is this one, or they do not agree.
    private string? OtherLedger(Batch batch)
    {
        List<string?> named = [.. batch.Entries.Select(e => StoredPayload.EntryOf(e)?.Body.Ledger).Distinct()];
        return named is [{ } one] && one != identity.Id.ToString() && one != identity.Origin ? one : null;
    }

    private RangeDiagnosis OfCheckpoint(DamagedRange range, Batch batch, string fault)
    {
        bool isNote = SignedNote.TryParse(batch.Checkpoint.Span, out SignedNote? note, out _);
        Checkpoint? read = null;
        bool isCheckpoint = isNote && Checkpoint.TryParseHead(note!.Text, out read);
        if (isCheckpoint && read!.Origin != identity.Origin)
            return new RangeDiagnosis(
                FaultCause.ForeignFile,
                $"the record belongs to the log {read.Origin}",
                $"its checkpoint names that log, not {identity.Origin}"
            );
        bool byAnother = isCheckpoint && identity.IsByAnother(note!);
        return byAnother
            ? new RangeDiagnosis(
                FaultCause.WrongKey,
                "the checkpoint of the record is signed by another key than the log's",
                $"no signature on it is by {identity.Logs.KeyFor(batch.NextIndex)}"
            )
            : new RangeDiagnosis(
                FaultCause.EditedByHand,
                $"the checkpoint of the record is not the log's: {fault}",
                range.ProvenEnd == range.Entries.End ? "its entries give a root that the log signed elsewhere" : null
            );
    }

    private static RangeDiagnosis OfFlip(DamagedRange range, SurveyedPiece piece, BitFlip flip)
    {
        long at = piece.Bytes.Start + flip.Offset;
        string root = range.ProvenEnd == range.Entries.End ? ", and the entries give the signed root" : "";
        return new RangeDiagnosis(
            FaultCause.BitRot,
            $"bit {flip.Bit} of byte {at} has turned",
            $"with that bit turned back, every checksum of the record holds{root}",
            new ByteRange(at, at + 1)
        );
    }

    // The last record of the segment was whole, and entries are missing after it.
    private static RangeDiagnosis OfNothing(DamagedRange range)
    {
        if (range.Segment.File is not { } file)
            return new RangeDiagnosis(FaultCause.Missing, "the file is missing");
        return file.Length % Sector == 0 && EndsInZeros(file)
            ? new RangeDiagnosis(FaultCause.LostWrite, "there are only zeros where records should be")
            : new RangeDiagnosis(
                FaultCause.Truncation,
                $"the file ends at byte {file.Length}, before the records that should be there"
            );
    }

    // A header that is there alone, or what a record ends with, does not count.
    private static bool EndsInZeros(Files.IDiskFile file)
    {
        byte[] end = new byte[RecordCodec.MinRecord];
        long from = file.Length - end.Length;
        return from >= SegmentHeader.Length
            && file.Read(end, from) == end.Length
            && !end.AsSpan().ContainsAnyExcept((byte)0);
    }

    private static byte[] Read(DamagedRange range, SurveyedPiece piece)
    {
        byte[] bytes = new byte[Math.Min(piece.Bytes.Length, SegmentFormat.MaxRecord)];
        return bytes[..range.Segment.File!.Read(bytes, piece.Bytes.Start)];
    }

    private static RangeDiagnosis? Cut(DamagedRange range, SurveyedPiece piece, byte[] bytes)
    {
        long length = range.Segment.File!.Length;
        bool isShort = piece.Header is { } header && piece.Bytes.Start + header.Length > length;
        bool endsHere = piece.Kind == PieceKind.Tail && piece.Bytes.End == length && length % Sector != 0;
        if (!isShort && !endsHere)
            return null;
        // A full segment ends where its last record does: if the records are all there, but not in their places, something was cut out before them.
        return (isShort ? null : Elsewhere(range, piece, bytes))
            ?? new RangeDiagnosis(
                FaultCause.Truncation,
                $"the file ends at byte {length}, in the middle of the record of entry {piece.First}"
            );
    }

    private static RangeDiagnosis? Zeros(SurveyedPiece piece, byte[] bytes)
    {
        (int start, int end) = LongestZeros(bytes);
        if (end - start < Math.Min(FewestZeros, bytes.Length))
            return null;
        // A torn end of a file is followed by zeros in any case.
        bool atEnd = end == bytes.Length || piece.Kind == PieceKind.Tail;
        long from = piece.Bytes.Start + start;
        long to = piece.Bytes.Start + end;
        var range = new ByteRange(from, to);
        return to % Sector == 0 || atEnd
            ? new RangeDiagnosis(
                FaultCause.LostWrite,
                $"bytes {from} to {to} are zeros, up to the end of a sector: it was never written",
                null,
                range
            )
            : new RangeDiagnosis(
                FaultCause.EditedByHand,
                $"bytes {from} to {to} are zeros, and no sector ends there: no disk does that",
                null,
                range
            );
    }

    private static (int Start, int End) LongestZeros(byte[] bytes)
    {
        (int start, int end) = (0, 0);
        for (int at = 0; at < bytes.Length; )
        {
            int zero = bytes.AsSpan(at).IndexOf((byte)0);
            if (zero < 0)
                break;
            int begin = at + zero;
            int length = bytes.AsSpan(begin).IndexOfAnyExcept((byte)0);
            int stop = length < 0 ? bytes.Length : begin + length;
            if (stop - begin > end - start)
                (start, end) = (begin, stop);
            at = stop;
        }
        return (start, end);
    }

    // Whole records that belong to another place, or to another segment.
    private static RangeDiagnosis? Elsewhere(DamagedRange range, SurveyedPiece piece, byte[] bytes)
    {
        for (int at = 0, found; (found = bytes.AsSpan(at).IndexOf(RecordCodec.Magic)) >= 0; at += found + 1)
        {
            int start = at + found;
            ReadOnlySpan<byte> header = bytes.AsSpan(start);
            if (header.Length < RecordCodec.HeaderLength)
                break;
            long claimed = BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
            long lies = piece.Bytes.Start + start;
            if (!RecordCodec.TryReadHeader(header, range.Segment.Id, claimed, out RecordHeader read))
                continue;
            if (claimed != lies)
                return new RangeDiagnosis(
                    FaultCause.Misplaced,
                    $"the record of entry {read.FirstIndex}, whose place is at byte {claimed}, lies at byte {lies}",
                    "its header's checksum holds"
                );
        }
        if (
            SegmentIdentity.FromRecord(range.Segment.File!, piece.Bytes.Start) is { } id
            && !SegmentIdentity.IsSame(id, range.Segment.Id!)
        )
            return new RangeDiagnosis(
                FaultCause.ForeignFile,
                "there is a record of another segment",
                "it is whole, under another segment id"
            );
        return null;
    }

    private RangeDiagnosis Edited(DamagedRange range, SurveyedPiece piece, byte[] bytes)
    {
        if (
            piece.Header is { } header
            && bytes.Length == header.Length
            && RecordCodec.Parse(bytes, header) is { } batch
        )
        {
            var leaves = new List<(long, ReadOnlyMemory<byte>)>();
            var payloads = new List<(long, ReadOnlyMemory<byte>)>();
            for (int i = 0; i < batch.Entries.Count; i++)
            {
                StoredEntry stored = batch.Entries[i];
                long index = batch.FirstIndex + i;
                bool isLeaf = i >= range.Leaves.Count || identity.Hasher.Leaf(stored.Entry.Span) == range.Leaves[i];
                if (!isLeaf)
                    leaves.Add((index, stored.Entry));
                else if (
                    StoredPayload.EntryOf(stored) is { } entry
                    && !StoredPayload.IsRight(stored, entry, identity.Id)
                )
                    payloads.Add((index, stored.Payload));
            }
            if (leaves.Count + payloads.Count > 0)
                return OfContents(leaves, payloads);
        }
        return new RangeDiagnosis(FaultCause.Unknown, $"expected {piece.Expected}");
    }

    // Who edits keeps the form; what breaks does not.
    private static RangeDiagnosis OfContents(
        List<(long Index, ReadOnlyMemory<byte> Bytes)> leaves,
        List<(long Index, ReadOnlyMemory<byte> Bytes)> payloads
    )
    {
        ILookup<bool, long> changedLeaves = leaves.ToLookup(e => IsText(e.Bytes), e => e.Index);
        ILookup<bool, long> changedPayloads = payloads.ToLookup(e => IsText(e.Bytes), e => e.Index);
        var says = new List<string>();
        if (Named(changedLeaves[true], changedPayloads[true]) is { } edited)
            says.Add($"{edited} changed, and still JSON; the checksum was left as it was");
        if (Named(changedLeaves[false], changedPayloads[false]) is { } broken)
            says.Add($"{broken} broken: several bits have turned");
        bool isEdited = changedLeaves[true].Any() || changedPayloads[true].Any();
        return new RangeDiagnosis(isEdited ? FaultCause.EditedByHand : FaultCause.BitRot, string.Join("; ", says));
    }

    // As the beginning of a sentence, with its verb; null if there is nothing to name.
    private static string? Named(IEnumerable<long> leaves, IEnumerable<long> payloads)
    {
        long[] entries = [.. leaves];
        long[] contents = [.. payloads];
        if (entries.Length + contents.Length == 0)
            return null;
        var parts = new List<string>();
        if (entries.Length > 0)
            parts.Add($"{(entries.Length == 1 ? "entry" : "entries")} {IndexRanges.Of(entries)}");
        if (contents.Length > 0)
            parts.Add(
                contents.Length == 1
                    ? $"the payload of entry {contents[0]}"
                    : $"the payloads of entries {IndexRanges.Of(contents)}"
            );
        return $"{string.Join(" and ", parts)} {(entries.Length + contents.Length == 1 ? "is" : "are")}";
    }

    private static bool IsText(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            _ = JsonValue.Parse(bytes.Span);
            return true;
        }
        catch (TessraxException)
        {
            return false;
        }
    }
}
