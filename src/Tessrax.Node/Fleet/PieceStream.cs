using Tessrax.Node.Files;

namespace Tessrax.Node.Fleet;

/// <summary>A stream that is made of pieces as they are asked for, so that what writes it holds one at a time.</summary>
internal sealed class PieceStream(IEnumerable<byte[]> pieces) : ForwardStream
{
    private readonly IEnumerator<byte[]> pieces = pieces.GetEnumerator();
    private ReadOnlyMemory<byte> rest;

    public override int Read(Span<byte> buffer)
    {
        int read = 0;
        while (read < buffer.Length)
        {
            if (rest.IsEmpty && !Next())
                break;
            int count = Math.Min(rest.Length, buffer.Length - read);
            rest.Span[..count].CopyTo(buffer[read..]);
            rest = rest[count..];
            read += count;
        }
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        pieces.Dispose();
        base.Dispose(disposing);
    }

    private bool Next()
    {
        while (pieces.MoveNext())
        {
            rest = pieces.Current;
            if (!rest.IsEmpty)
                return true;
        }
        return false;
    }
}
