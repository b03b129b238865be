using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Node.Files;

namespace Tessrax.Node.Importing;

/// <summary>A stream that hashes what is read from it.</summary>
internal sealed class DigestingStream(Stream inner) : ForwardStream
{
    private readonly Sha256Hasher hash = new();
    private long size;

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

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
