using System.Diagnostics;
using System.Reflection;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Ledger;

/// <summary>No step from a payload's JSON to a leaf in the tree allocates a byte, once its buffers are large enough.</summary>
public sealed class AllocationTests
{
    private const int Operations = 10_000;

    // Members out of order, space, escapes, numbers to be rewritten, names and text beyond ASCII: every path of the canonicalizer.
    private static readonly byte[] Claim = Encoding.UTF8.GetBytes(
        """
        {"subject": "CVE-2024-1", "claim_id": "c-1", "metric": "cvss_v3_base_score", "value": 6.10, "unit": "score_0_10",
         "timestamp": "2024-04-07T00:00:00Z", "source": "Zo\u00eb \"the\" r\u00e9viewer\n", "évidence": ["https://example.org/1"],
         "context": {"n": [1E3, 0.1e-7, 123456789012345680000, -0], "\u0062": null, "a": {"z": true, "y": false}, "😀": "€"},
         "vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", "long": "https://github.com/example/advisories/blob/6960219fd4e67623d40d32b2869c4a1782965b80/2022/icsa-22-097-01.json"}
        """
    );

    private static readonly Digest Ledger = HashEngine.Sha256.Hash("ledger"u8);

    [Fact]
    public void Canonicalizing_allocates_nothing()
    {
        var canonicalizer = new Canonicalizer();
        var room = new byte[4096];
        byte[] canonical = canonicalizer.Canonicalize(Claim).ToArray();
        AllocatesNothing(() => canonicalizer.Canonicalize(Claim));
        AllocatesNothing(() => canonicalizer.Canonicalize(canonical));
        AllocatesNothing(() => canonicalizer.TryCanonicalize(Claim, room, out _));
        AllocatesNothing(() => canonicalizer.IsCanonical(canonical));
        AllocatesNothing(() => CanonicalWriter.IsCanonical(canonical));
    }

    [Fact]
    public void Sorting_more_members_than_a_record_has_allocates_nothing()
    {
        byte[] wide = Encoding.ASCII.GetBytes(
            "{" + string.Join(",", Enumerable.Range(0, 100).Select(i => $"\"{i * 37 % 100}\":{i}")) + "}"
        );
        var canonicalizer = new Canonicalizer();
        AllocatesNothing(() => canonicalizer.Canonicalize(wide));
    }

    [Fact]
    public void Committing_allocates_nothing()
    {
        byte[] salt = new byte[32];
        byte[] payload = CanonicalWriter.Canonicalize(Claim);
        AllocatesNothing(() => SignedBytes.CommitmentOf(Ledger, salt, payload));
    }

    [Fact]
    public void Hashing_a_leaf_and_appending_it_allocates_nothing()
    {
        var frontier = new Frontier(TreeHasher.Sha256);
        AllocatesNothing(() => TreeHasher.Sha256.Leaf(Claim));
        AllocatesNothing(() => frontier.Append(TreeHasher.Sha256.Leaf(Claim)));
    }

    [Fact]
    public void The_whole_pipeline_allocates_nothing()
    {
        var pipeline = new LeafPipeline(TreeHasher.Sha256);
        var frontier = new Frontier(TreeHasher.Sha256);
        UtcTime now = UtcTime.From(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));
        var by = new Voucher(VoucherKind.Author, Ledger);
        var policy = new PolicyPin("id", "1.0.0", Ledger);
        byte[] salt = new byte[32];
        byte[] nonce = new byte[16];
        byte[] signature = new byte[64];
        AllocatesNothing(() =>
        {
            pipeline.Commit(Ledger, Claim, salt);
            var draft = new BodyDraft
            {
                Event = Events.DecisionRecorded,
                By = by,
                IssuedAt = now,
                ExpiresAt = now,
                Nonce = nonce,
                Policy = policy,
            };
            pipeline.WriteBody(Ledger, draft);
            pipeline.Append(new LeafPlace(frontier.Size, 0, now, new GovRef(1, Ledger)), signature, frontier);
        });
        Assert.True(frontier.Size > Operations);
    }

    [Fact]
    public void What_allocates_is_seen() => Assert.NotEqual(0, Allocated(() => CanonicalWriter.Canonicalize(Claim)));

    private static void AllocatesNothing(Action operation)
    {
        // Without the optimizer the runtime makes an object for each span of constants, the hash functions' among them.
        var debugging = typeof(Digest).Assembly.GetCustomAttribute<DebuggableAttribute>();
        Assert.SkipWhen(debugging?.IsJITOptimizerDisabled == true, "measured in optimized builds only");
        // A collection that another thread causes may be counted here, once; what an operation allocates is counted every time.
        Assert.Contains(0, Enumerable.Range(0, 5).Select(_ => Allocated(operation)));
    }

    private static long Allocated(Action operation)
    {
        for (int i = 0; i < 100; i++)
            operation();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Operations; i++)
            operation();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
