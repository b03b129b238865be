using Tessrax.Hashing;

namespace Tessrax.Governance;

/// <summary>One part of a ledger's folded state: bytes that are known by their digest.</summary>
public sealed class StatePart
{
    private readonly Func<byte[]> write;

    internal StatePart(Digest digest, Func<byte[]> write)
    {
        Digest = digest;
        this.write = write;
    }

    /// <summary>SHA-256 of the bytes.</summary>
    public Digest Digest { get; }

    /// <summary>The bytes; only until the fold that exported the part changes.</summary>
    public byte[] ToBytes() => write();
}

/// <summary>All that a ledger's entries add up to, in parts that name each other by their digests: what later entries are judged by, and nothing else.</summary>
/// <remarks>See <c>spec/state.md</c>. It holds what payloads say, so whoever keeps parts must drop them when a payload is erased.</remarks>
/// <param name="Head">The part that names all others.</param>
/// <param name="Blocks">The others: facts and live nonces, each of the entries of one block.</param>
public sealed record FoldState(StatePart Head, IReadOnlyList<StatePart> Blocks)
{
    /// <summary>Digest of the head: what EPOCH_OPENED commits to.</summary>
    public Digest Digest => Head.Digest;

    /// <summary>The digests that a head part names.</summary>
    /// <exception cref="TessraxException">TSX5025: not a head part.</exception>
    public static IReadOnlyList<Digest> BlocksOf(ReadOnlyMemory<byte> head)
    {
        StateHead read = StateHead.Read(head);
        return [.. read.Facts.Concat(read.Nonces).Select(block => block.Digest)];
    }
}
