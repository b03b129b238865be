using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Tests.Ledger;
using Tessrax.Verification;

namespace Tessrax.Tests.Verification;

/// <summary>The sample ledger's log with some entries forged, signed by its own key: what a dishonest operator could show.</summary>
internal sealed class ForgedLog
{
    private readonly MerkleTree tree = new(TreeHasher.Sha256);
    private readonly Entry[] entries;

    public ForgedLog(params (int Index, Func<Entry, Entry> Change)[] forged)
    {
        entries = [.. Honest.Receipts.Select(receipt => receipt.Entry)];
        foreach ((int index, Func<Entry, Entry> change) in forged)
            entries[index] = change(entries[index]);
        foreach (Entry entry in entries)
            tree.Append(TreeHasher.Sha256.Leaf(entry.ToLeaf()));
    }

    public static SampleLedger Honest { get; } = SampleLedger.Whole();

    public static VerifierKey Key { get; } =
        VerifierKey.Create(SampleLedger.Origin, SampleLedger.KeyOf(SampleLedger.LogSeed).PublicKey);

    public IReadOnlyList<Entry> Entries => entries;

    /// <summary>An entry, proven in the tree of that size; of all entries, if 0.</summary>
    public BoundEntry Bind(int index, long size = 0)
    {
        size = size == 0 ? tree.Size : size;
        using PrivateKey key = SampleLedger.KeyOf(SampleLedger.LogSeed);
        var head = new TreeHead(size, tree.RootAt(size));
        return new BoundEntry(
            entries[index],
            InclusionProof.Prove(tree, size, index, TreeHasher.Sha256),
            new Checkpoint(SampleLedger.Origin, head).Sign(key).ToString()
        );
    }

    public static Entry Counting(Entry entry, long count) => entry with { Gov = entry.Gov with { Count = count } };
}
