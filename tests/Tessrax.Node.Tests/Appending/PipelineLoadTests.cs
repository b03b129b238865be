using System.Runtime.CompilerServices;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Xunit;

namespace Tessrax.Node.Tests.Appending;

/// <summary>A dose of the load that <c>bench load</c> runs at length: 64 clients, and readers that hold all they are told against proofs.</summary>
public sealed class PipelineLoadTests
{
    private const int Clients = 64;
    private const int Entries = 20_000;

    [Fact]
    public async Task Sixty_four_clients_lose_nothing_while_readers_prove_and_verify()
    {
        await using var run = new PipelineRun();
        var leaves = new StrongBox<Digest>?[1 + Entries];
        using var ended = new CancellationTokenSource();
        Task<long>[] readers =
        [
            .. Enumerable.Range(0, 2).Select(seed => Task.Run(() => Read(run, leaves, seed, ended.Token))),
        ];
        await Append(run, leaves, Entries);
        await ended.CancelAsync();
        foreach (Task<long> reader in readers)
            Assert.True(await reader > 100, "a reader verified hardly anything");
        await run.HoldsAsync(1 + Entries);
        using LedgerView view = run.Ledger.View();
        for (long index = 1; index <= Entries; index++)
            Assert.Equal(leaves[index]!.Value, view.Tree.Leaf(index));
    }

    private static async Task Append(PipelineRun run, StrongBox<Digest>?[] leaves, int count)
    {
        int left = count;
        await Task.WhenAll(
            Enumerable
                .Range(0, Clients)
                .Select(client =>
                    Task.Run(async () =>
                    {
                        OwnDraft draft = PipelineRun.Own($"{client} {new string('x', 500)}");
                        while (Interlocked.Decrement(ref left) >= 0)
                        {
                            AppendReceipt receipt = await run.Pipeline.AppendAsync(draft);
                            var leaf = new StrongBox<Digest>(receipt.Leaf);
                            Assert.Null(Interlocked.Exchange(ref leaves[receipt.Index], leaf));
                        }
                    })
                )
        );
    }

    // Each checkpoint must be signed and extend the one seen before, and hold what was acknowledged under it.
    private static long Read(PipelineRun run, StrongBox<Digest>?[] leaves, int seed, CancellationToken ended)
    {
        var log = VerifierKey.Create(TestLedger.Origin, TestLedger.Seeded(1).PublicKey);
        var random = new Random(seed);
        TreeHead before = new(0, TreeHasher.Sha256.Empty);
        long verified = 0;
        for (SignedNote? seen = null; !ended.IsCancellationRequested; )
        {
            SignedNote newest = run.Pipeline.Checkpoint;
            if (ReferenceEquals(newest, seen))
            {
                Thread.Sleep(1);
                continue;
            }
            seen = newest;
            Assert.True(
                Checkpoint.TryOpen(newest.ToBytes(), log, out Checkpoint? checkpoint, out string reason),
                reason
            );
            TreeHead head = checkpoint.Head;
            if (before.Size > 0)
            {
                Digest[] extends = ConsistencyProof.Prove(run.Pipeline.Tree, before.Size, head.Size, TreeHasher.Sha256);
                Assert.True(ConsistencyProof.Verify(extends, before, head, TreeHasher.Sha256));
            }
            for (int i = 0; i < 10 && head.Size > 1; i++)
            {
                long index = random.NextInt64(1, head.Size);
                // Durable, but its caller has not been told yet.
                if (Volatile.Read(ref leaves[index]) is not { } leaf)
                    continue;
                Digest[] path = InclusionProof.Prove(run.Pipeline.Tree, head.Size, index, TreeHasher.Sha256);
                Assert.True(InclusionProof.Verify(path, head, index, leaf.Value, TreeHasher.Sha256));
                verified++;
            }
            before = head;
        }
        return verified;
    }
}
