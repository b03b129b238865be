using Tessrax.Governance;
using Tessrax.Hashing;

namespace Tessrax.Node.Importing;

/// <summary>A stream that hashes what is read from it.</summary>
internal sealed class DigestingStream(Stream inner) : Stream
{
    private readonly Sha256Hasher hash = new();
    private long size;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Reads the rest, and says what all of it was.</summary>
    public EvidenceAdded Finish(string name)
    {
        var chunk = new byte[1 << 16];
        while (Read(chunk) > 0) { }
        return new EvidenceAdded(hash.Finish(), size, name);
    }

    public override int Read(Span<byte> buffer)
    {
        int read = inner.Read(buffer);
        hash.Append(buffer[..read]);
        size += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
