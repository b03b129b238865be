using Tessrax.Node.Files;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Recovery;

/// <summary>What stands where a segment's header should be.</summary>
/// <param name="Header">The header, if there is one, be it with one bit turned back.</param>
/// <param name="Flip">That bit.</param>
/// <param name="Version">The version of a header that this Tessrax does not know; 0 otherwise.</param>
/// <param name="IsBlank">Only zeros, or nothing at all.</param>
internal sealed record FoundHeader(SegmentHeader? Header, BitFlip? Flip, int Version, bool IsBlank)
{
    public static FoundHeader Read(IDiskFile file)
    {
        byte[] bytes = new byte[SegmentHeader.Length];
        int length = file.Read(bytes, 0);
        bool blank = !bytes.AsSpan(0, length).ContainsAnyExcept((byte)0);
        if (length < bytes.Length)
            return new FoundHeader(null, null, 0, blank);
        if (SegmentHeader.TryRead(bytes, out SegmentHeader? header))
            return new FoundHeader(header, null, 0, false);
        if (SegmentHeader.VersionOf(bytes) is > SegmentFormat.Version and int version)
            return new FoundHeader(null, null, version, false);
        for (int at = 0; at < SegmentHeader.Length * 8 && !blank; at++)
        {
            var flip = new BitFlip(at >> 3, at & 7);
            flip.Apply(bytes);
            if (SegmentHeader.TryRead(bytes, out header))
                return new FoundHeader(header, flip, 0, false);
            flip.Apply(bytes);
        }
        return new FoundHeader(null, null, 0, blank);
    }
}
