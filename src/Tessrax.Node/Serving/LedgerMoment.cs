using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Reading;

namespace Tessrax.Node.Serving;

/// <summary>A ledger as one of its checkpoints shows it: everything that is read from one moment is of one size. Any thread may use it while it is lent.</summary>
public sealed class LedgerMoment
{
    internal LedgerMoment(LedgerGlance glance)
    {
        Glance = glance;
        Says = Tessrax.Keys.Checkpoint.ParseBody(glance.Checkpoint.Text);
        Note = glance.Checkpoint.ToString();
        Version = HashEngine.Sha256.Hash(glance.Checkpoint.ToBytes()).ToHex()[..32];
    }

    /// <summary>The entries, each held to the checkpoint's tree when it is read.</summary>
    public LedgerGlance Glance { get; }

    /// <summary>The checkpoint, checked, as it was signed.</summary>
    public SignedNote Checkpoint => Glance.Checkpoint;

    /// <summary>The checkpoint as text.</summary>
    public string Note { get; }

    /// <summary>What tells this moment from others, signatures included: 32 hex digits.</summary>
    public string Version { get; }

    /// <summary>What the checkpoint says.</summary>
    public Checkpoint Says { get; }

    /// <summary>How many entries it covers.</summary>
    public long Size => Says.Head.Size;

    /// <summary>The hashes of the tree.</summary>
    public TreeHasher Hasher => Glance.Hasher;
}
