using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Recovery;

/// <summary>A tree head with the note that signs it, whose signature was checked.</summary>
internal readonly record struct SignedHead(TreeHead Head, ReadOnlyMemory<byte> Note);

/// <summary>Opens checkpoints with the keys of the ledger's log, and learns those that it meets.</summary>
/// <param name="trail">The keys that are known.</param>
internal sealed class HeadReader(LogKeyTrail trail)
{
    /// <summary>How far the keys are known by now.</summary>
    public LogKeyTrail Trail { get; private set; } = trail;

    /// <summary>The keys that are known by now.</summary>
    public LogKeyChain Log => Trail.Log;

    /// <summary>The head that a note signs; null, with the reason, if no key of this log signed it.</summary>
    public SignedHead? Open(ReadOnlyMemory<byte> note, out string reason) =>
        Log.TryOpenAny(note.Span, out Checkpoint? checkpoint, out reason)
            ? new SignedHead(checkpoint.Head, note.ToArray())
            : null;

    /// <summary>Takes up the key that an entry proves to be the log's next one.</summary>
    public void Learn(ReadOnlySpan<byte> leaf) => Trail = Trail.After(leaf);

    public bool IsSigned(ReadOnlyMemory<byte> note, long size) =>
        Open(note, out _) is { } head && head.Head.Size == size;
}

/// <summary>A place where entries may be found again. Nothing that it gives is believed before it fits a signed root.</summary>
internal abstract class EntrySource(TreeHasher hasher) : IDisposable
{
    /// <summary>What it is, for receipts, which say nothing of this machine: record, tiles, mirror, snapshot.</summary>
    public abstract string Kind { get; }

    /// <summary>Where it lies, for people.</summary>
    public abstract string Name { get; }

    public TreeHasher Hasher => hasher;

    /// <summary>What the source has of an entry: always its leaf, and its payload if it has that too; null if it has nothing.</summary>
    public abstract StoredEntry? Find(long index);

    /// <summary>The hash of an entry's leaf, which a source may know without the leaf.</summary>
    public virtual Digest? LeafHash(long index) => Find(index) is { } found ? hasher.Leaf(found.Entry.Span) : null;

    /// <summary>Signed heads of sizes beyond one and up to another, in any order.</summary>
    public virtual IEnumerable<SignedHead> Heads(long beyond, long upTo) => [];

    public virtual void Dispose() { }
}
