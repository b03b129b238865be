using Tessrax.Node.Files;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Recovery;

/// <summary>Goes through one segment's file whatever is wrong with it, and says of every byte what it is. Changes nothing, believes no length
/// that it has not held against its limit, and goes on behind damage.</summary>
/// <param name="file">The file, open to be read.</param>
/// <param name="id">The segment's id: every checksum begins with it.</param>
/// <param name="entries">The entries that the segment holds when it is full.</param>
/// <param name="isSigned">Tells a true checkpoint from an imitation, so that payloads do not pass for records.</param>
internal sealed class SegmentSurvey(IDiskFile file, byte[] id, Merkle.LeafRange entries, CheckpointTest isSigned)
{
    private const int ChunkLength = 1 << 16;

    /// <summary>The stretches after the header, in order and without holes between them; zeros after the last record are none.</summary>
    public IEnumerable<SurveyedPiece> Pieces()
    {
        long position = SegmentHeader.Length;
        long index = entries.Start;
        while (true)
        {
            SurveyedPiece? piece = null;
            if (index < entries.End)
                piece = RecordAt(position, index) ?? GapAt(position, index);
            else if (LastUsed(position) is > 0 and long end)
                piece = new SurveyedPiece(PieceKind.Tail, new ByteRange(position, end), index, index);
            if (piece is null)
                yield break;
            yield return piece;
            if (piece.Kind == PieceKind.Tail)
                yield break;
            (position, index) = (piece.Bytes.End, piece.Next);
        }
    }

    /// <summary>The bytes of a piece as they lie there, with the flipped bit turned back if there is one.</summary>
    public byte[] Read(SurveyedPiece piece)
    {
        byte[] bytes = new byte[Math.Min(piece.Bytes.Length, SegmentFormat.MaxRecord)];
        int read = file.Read(bytes, piece.Bytes.Start);
        if (piece.Flip is { } flip && flip.Offset < read)
            flip.Apply(bytes);
        return bytes[..read];
    }

    /// <summary>The batch of a whole record, or of one that a bit turned back makes whole; null for all others.</summary>
    public Batch? Batch(SurveyedPiece piece)
    {
        if (piece.Header is not { } header || (piece.Kind != PieceKind.Record && piece.Flip is null))
            return null;
        byte[] record = Read(piece);
        return record.Length == header.Length ? RecordCodec.Parse(record, header) : null;
    }

    // A record, whole or not, whose header says that it belongs here; null if there is no such header.
    private SurveyedPiece? RecordAt(long position, long index)
    {
        byte[] start = new byte[RecordCodec.HeaderLength];
        start = start[..file.Read(start, position)];
        BitFlip? flip = null;
        if (!RecordCodec.TryReadHeader(start, id, position, out RecordHeader header))
        {
            flip = BitFlip.FindInHeader(start, id, position);
            if (flip is null)
                return null;
            flip.Value.Apply(start);
            RecordCodec.TryReadHeader(start, id, position, out header);
        }
        if (header.FirstIndex != index || header.NextIndex > entries.End)
            return null;
        long end = position + header.Length;
        var piece = new SurveyedPiece(PieceKind.Broken, new ByteRange(position, end), index, header.NextIndex)
        {
            Header = header,
            Flip = flip,
        };
        if (end > file.Length)
            return piece with
            {
                Bytes = new ByteRange(position, file.Length),
                Flip = null,
                Expected = $"a record of {header.Length} bytes; the file is shorter",
            };
        byte[] record = new byte[header.Length];
        file.Read(record, position);
        flip?.Apply(record);
        if (!RecordCodec.ChecksumHolds(record, id))
        {
            flip = flip is null ? BitFlip.Find(record, id) : null;
            return piece with { Flip = flip, Expected = $"the record of entry {index}, whose checksum holds" };
        }
        if (RecordCodec.Parse(record, header) is null)
            return piece with
            {
                Flip = null,
                Expected = $"a record of {header.Count} entries that keep the limits of the format",
            };
        return flip is null
            ? piece with
            {
                Kind = PieceKind.Record,
            }
            : piece with
            {
                Expected = $"the record of entry {index}, whose header's checksum holds",
            };
    }

    // Up to the next record that can be told; without one, up to the last byte that is not zero.
    private SurveyedPiece? GapAt(long position, long index)
    {
        for (long at = position; at < file.Length; at += ChunkLength)
        {
            byte[] chunk = new byte[ChunkLength];
            ReadOnlySpan<byte> bytes = chunk.AsSpan(0, file.Read(chunk, at));
            for (int from = 0; ; )
            {
                int found = bytes[from..].IndexOf(RecordCodec.Magic);
                if (found < 0)
                    break;
                long candidate = at + from + found;
                bool aligned = candidate % SegmentFormat.Alignment == 0;
                if (aligned && candidate > position && LaterRecord(candidate, index) is { } header)
                    return new SurveyedPiece(
                        PieceKind.Gap,
                        new ByteRange(position, candidate),
                        index,
                        header.FirstIndex
                    )
                    {
                        Expected = $"the record of entry {index}",
                    };
                from += found + 1;
            }
        }
        return LastUsed(position) is > 0 and long end
            ? new SurveyedPiece(PieceKind.Tail, new ByteRange(position, end), index, index)
            {
                Expected = $"the record of entry {index}",
            }
            : null;
    }

    private RecordHeader? LaterRecord(long candidate, long index)
    {
        byte[] start = new byte[RecordCodec.HeaderLength];
        int read = file.Read(start, candidate);
        if (!RecordCodec.TryReadHeader(start.AsSpan(0, read), id, candidate, out RecordHeader header))
            return null;
        if (header.FirstIndex < index || header.NextIndex > entries.End)
            return null;
        byte[] checkpoint = new byte[header.CheckpointLength];
        bool isTrue =
            file.Read(checkpoint, candidate + header.CheckpointAt) == checkpoint.Length
            && isSigned(checkpoint, header.NextIndex);
        return isTrue ? header : null;
    }

    // The place after the last byte that is not zero; 0 if there are only zeros.
    private long LastUsed(long position)
    {
        long end = 0;
        byte[] chunk = new byte[ChunkLength];
        for (long at = position; at < file.Length; at += ChunkLength)
        {
            int last = chunk.AsSpan(0, file.Read(chunk, at)).LastIndexOfAnyExcept((byte)0);
            end = last < 0 ? end : at + last + 1;
        }
        return end;
    }
}
