using System.Buffers.Binary;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Recovery;

/// <summary>Finds a segment's id where its header is lost.</summary>
/// <remarks>
/// The id itself enters a segment through its checksums alone, as the 32-bit register that they start from. One whole record gives that
/// register back, since a checksum can be run backwards; and any id with the same register makes every record of the file valid as it
/// stands. So a lost header costs nothing but the id's other 96 random bits, which the next segment's header has, if there is one.
/// </remarks>
internal static class SegmentIdentity
{
    private const int ChunkLength = 1 << 16;
    private const int HeaderChecksumAt = RecordCodec.HeaderLength - RecordCodec.ChecksumLength;

    /// <summary>An id under which a record of the file is whole; null if none is, under any.</summary>
    public static byte[]? Search(IDiskFile file)
    {
        foreach (long at in Magics(file))
        {
            if (FromRecord(file, at) is { } id)
                return id;
        }
        return null;
    }

    /// <summary>Whether anything in the file looks like the beginning of a record.</summary>
    public static bool HasRecords(IDiskFile file) => Magics(file).Any();

    private static IEnumerable<long> Magics(IDiskFile file)
    {
        byte[] chunk = new byte[ChunkLength];
        for (long at = SegmentHeader.Length; at < file.Length; at += ChunkLength)
        {
            int read = file.Read(chunk, at);
            for (int from = 0, found; (found = chunk.AsSpan(from, read - from).IndexOf(RecordCodec.Magic)) >= 0; )
            {
                yield return at + from + found;
                from += found + 1;
            }
        }
    }

    /// <summary>Whether the same records are whole under both.</summary>
    public static bool IsSame(byte[] one, byte[] other) => Crc32C.Of(one, []) == Crc32C.Of(other, []);

    /// <summary>An id under which the record that begins at a position is whole; null if the bytes there are no record under any.</summary>
    public static byte[]? FromRecord(IDiskFile file, long position)
    {
        Span<byte> start = stackalloc byte[RecordCodec.HeaderLength];
        if (file.Read(start, position) < start.Length || !start.StartsWith(RecordCodec.Magic))
            return null;
        uint register = ~BinaryPrimitives.ReadUInt32LittleEndian(start[HeaderChecksumAt..]);
        for (int i = HeaderChecksumAt - 1; i >= 0; i--)
            register = StepBack(register, start[i]);
        byte[] id = WithRegister(register);
        if (!RecordCodec.TryReadHeader(start, id, position, out RecordHeader header))
            return null;
        if (header.Length > file.Length - position)
            return null;
        // Four bytes were made to fit; that the other four fit too is the proof.
        byte[] record = new byte[header.Length];
        return file.Read(record, position) == record.Length && RecordCodec.ChecksumHolds(record, id) ? id : null;
    }

    // Twelve zeros, then the four bytes that lead to the register.
    private static byte[] WithRegister(uint register)
    {
        byte[] id = new byte[SegmentHeader.IdLength];
        uint before = ~0u;
        for (int i = 0; i < id.Length - sizeof(uint); i++)
            before = Crc32C.Step(before, 0);
        // Backwards from the register through four bytes of zero; what differs from the register before them is those bytes.
        uint wanted = register;
        for (int i = 0; i < sizeof(uint); i++)
            wanted = StepBack(wanted, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(id.AsSpan(id.Length - sizeof(uint)), before ^ wanted);
        return id;
    }

    // The register before a byte: the top byte of every table entry is another, so the byte that left can be told.
    private static uint StepBack(uint register, byte value)
    {
        for (uint low = 0; low < 256; low++)
        {
            uint entry = Crc32C.Step(0, (byte)low);
            if (entry >> 24 == register >> 24)
                return ((register ^ entry) << 8) | (low ^ value);
        }
        throw new InvalidOperationException("the polynomial has no inverse");
    }
}
