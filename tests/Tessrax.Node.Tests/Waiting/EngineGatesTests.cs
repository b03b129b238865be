using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Segments;
using Xunit;

namespace Tessrax.Node.Tests.Waiting;

/// <summary>The engine's own threads at its gates, in orders drawn by a seed: no deadlock, and what they read is right.</summary>
public sealed class EngineGatesTests
{
    // Over 256 leaves, so that tiles become full, go to disk and come back.
    private const int Batches = 12;
    private const int PerBatch = 30;

    [Fact]
    public void A_writer_and_readers_of_its_tree_and_records_never_wait_for_each_other_in_a_circle()
    {
        for (int seed = 0; seed < 12; seed++)
            Run(seed);
    }

    private static void Run(int seed)
    {
        using var ledger = new TestLedger(approvers: 0);
        using LedgerWriter writer = ledger.Open();
        using var reader = new SegmentReader(ledger.DirectoryPath, ledger.Environment.Disk, static (_, _) => true);
        int proofs = 0;
        void Write()
        {
            for (int i = 0; i < Batches; i++)
                writer.Append(Enumerable.Range(0, PerBatch).Select(n => TestLedger.Own($"{i} {n}")));
        }
        void Prove()
        {
            for (int i = 0; i < 40; i++)
            {
                long size = writer.Tree.Size;
                long index = i * 7919L % size;
                Digest leaf = writer.Tree.Leaf(index);
                Digest[] path = InclusionProof.Prove(writer.Tree, size, index, writer.Hasher);
                var head = new TreeHead(size, writer.Tree.RootAt(size));
                Assert.True(InclusionProof.Verify(path, head, index, leaf, writer.Hasher), $"entry {index} of {size}");
                proofs++;
            }
        }
        void Look()
        {
            for (int i = 0; i < 20; i++)
            {
                Batch batch = reader.ReadBatch(0);
                Assert.Equal(0, batch.FirstIndex);
            }
        }
        new HostileThreads(seed).Run(("the writer", Write), ("a prover", Prove), ("a reader", Look), ("another", Look));
        Assert.Equal(40, proofs);
        Assert.Equal(1 + Batches * PerBatch, writer.Tree.Size);
    }
}
