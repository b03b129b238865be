namespace Tessrax.Node.Fleet;

/// <summary>A stream that is made of pieces as they are asked for, so that what writes it holds one at a time.</summary>
internal sealed class PieceStream(IEnumerable<byte[]> pieces) : Stream
{
    private readonly IEnumerator<byte[]> pieces = pieces.GetEnumerator();
    private ReadOnlyMemory<byte> rest;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

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

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

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
