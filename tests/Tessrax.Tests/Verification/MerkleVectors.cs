using System.Buffers;
using System.Text;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Tests.Ledger;
using Tessrax.Verification;

namespace Tessrax.Tests.Verification;

/// <summary>Writes <c>spec/vectors/merkle/</c>: the sample ledger as a static log, its history, and evidence against a log that forked it.</summary>
internal static class MerkleVectors
{
    private const int ForkedAt = 5;
    private static readonly SampleLedger Ledger = SampleLedger.Whole();
    private static readonly ForgedLog Uncounted = new((7, entry => ForgedLog.Counting(entry, 0)));

    public static VerifierKey Log { get; } =
        VerifierKey.Create(SampleLedger.Origin, SampleLedger.KeyOf(SampleLedger.LogSeed).PublicKey);

    public static CheckpointHistory History()
    {
        var roots = new List<SignedRoot>();
        foreach ((long size, SignedNote note) in Ledger.Checkpoints)
        {
            Receipt last = Ledger.Receipts[(int)size - 1];
            var head = new TreeHead(size, Ledger.Tree.RootAt(size));
            roots.Add(
                new SignedRoot(
                    note.ToString(),
                    head,
                    last.Entry.RecordedAt,
                    roots.Count == 0
                        ? []
                        : ConsistencyProof.Prove(Ledger.Tree, roots[^1].Head.Size, size, TreeHasher.Sha256)
                )
            );
        }
        return new CheckpointHistory { Log = new LogKeyChain(Log), Roots = roots };
    }

    /// <summary>Two roots for size 10.</summary>
    public static Equivocation TwoRoots() =>
        new() { First = Ledger.Checkpoints[2].Note.ToString(), Second = Sign(Forked(), 10) };

    /// <summary>The tree signed at size 13 has another root at size 8 than the one that was signed.</summary>
    public static Equivocation AnotherPast() =>
        new()
        {
            First = Sign(Forked(), 8),
            Second = Ledger.Checkpoints[3].Note.ToString(),
            Earlier = Ledger.Tree.RootAt(8),
            Proof = ConsistencyProof.Prove(Ledger.Tree, 8, 13, TreeHasher.Sha256),
        };

    /// <summary>Genesis, and an entry 7 that does not count it.</summary>
    public static FraudProof LeftOut() => new() { First = new ForgedLog().Bind(0, 5), Second = Uncounted.Bind(7) };

    /// <summary>Two entries at index 7.</summary>
    public static FraudProof TwoEntries() => new() { First = new ForgedLog().Bind(7), Second = Uncounted.Bind(7) };

    public static Dictionary<string, byte[]> Make()
    {
        int size = Ledger.Receipts.Count;
        var bundle = new ArrayBufferWriter<byte>();
        foreach (Receipt receipt in Ledger.Receipts)
            EntryBundle.Write(bundle, receipt.Leaf.Span);
        return new Dictionary<string, byte[]>
        {
            ["log.vkey"] = Encoding.UTF8.GetBytes($"{Log}\n"),
            ["log/checkpoint"] = Ledger.Checkpoints[^1].Note.ToBytes(),
            [$"log/tile/0/000.p/{size}"] =
            [
                .. Enumerable.Range(0, size).SelectMany(i => Ledger.Tree.Leaf(i).Span.ToArray()),
            ],
            [$"log/tile/entries/000.p/{size}"] = bundle.WrittenSpan.ToArray(),
            ["log.history.json"] = History().ToBytes(),
            ["two-roots.equivocation.json"] = TwoRoots().ToBytes(),
            ["another-past.equivocation.json"] = AnotherPast().ToBytes(),
            ["left-out.fraud.json"] = LeftOut().ToBytes(),
            ["two-entries.fraud.json"] = TwoEntries().ToBytes(),
        };
    }

    // The same log with another entry 5.
    private static MerkleTree Forked()
    {
        var tree = new MerkleTree(TreeHasher.Sha256);
        for (int i = 0; i < Ledger.Receipts.Count; i++)
            tree.Append(i == ForkedAt ? TreeHasher.Sha256.Leaf("another entry 5"u8) : Ledger.Tree.Leaf(i));
        return tree;
    }

    private static string Sign(MerkleTree tree, long size)
    {
        using PrivateKey key = SampleLedger.KeyOf(SampleLedger.LogSeed);
        return new Checkpoint(SampleLedger.Origin, new TreeHead(size, tree.RootAt(size))).Sign(key).ToString();
    }
}
