using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Reading;

/// <summary>What several people were shown of one log, held against each other.</summary>
public sealed class FraudFinderTests : IDisposable
{
    private static readonly VerifierKey Key = VerifierKey.Create(TestLedger.Origin, TestLedger.Seeded(1).PublicKey);
    private readonly TestLedger ledger = new();

    public FraudFinderTests()
    {
        using LedgerWriter writer = ledger.Open();
        foreach (string text in (string[])["one", "two", "three", "four"])
            writer.Append([TestLedger.Own(text)]);
    }

    public void Dispose() => ledger.Dispose();

    [Fact]
    public void A_ledger_and_its_bundles_say_one_thing()
    {
        using LedgerView view = ledger.View();
        Assert.Null(Find(Open(), Bundle(BundleMaker.Make(view, 2)), Bundle(BundleMaker.Make(view, 4))));
        Assert.Null(Find(Open(), Open()));
    }

    [Fact]
    public void A_bundle_that_was_made_as_if_a_control_event_were_not_there_is_proven_by_the_ledger()
    {
        FraudProof proof = Find(Open(), Bundle(Forged(3, entry => entry with { Gov = entry.Gov with { Count = 0 } })))!;
        // Told of by the entry that both show at one place.
        Assert.Equal((3L, 3L), (proof.First.Entry.Index, proof.Second.Entry.Index));
        Assert.True(FraudProof.Parse(proof.ToBytes()).Proves([Key], out string says), says);
    }

    [Fact]
    public void Two_bundles_are_enough()
    {
        using LedgerView view = ledger.View();
        FraudProof proof = Find(
            Bundle(BundleMaker.Make(view, 2)),
            Bundle(Forged(4, entry => entry with { Gov = entry.Gov with { Count = 0 } }))
        )!;
        Assert.Equal(4, proof.Second.Entry.Index);
        Assert.True(proof.Proves([Key], out string says), says);
    }

    [Fact]
    public void What_another_key_signed_proves_nothing_and_says_so()
    {
        using PrivateKey thief = TestLedger.Seeded(99);
        TessraxException refused = Assert.Throws<TessraxException>(() =>
            Find(Open(), Bundle(Forged(3, entry => entry with { Epoch = 9 }, thief)))
        );
        Assert.Equal(ErrorCodes.Fraud, refused.Code);
        Assert.Contains("is not signed by", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_ledger_is_read_as_far_as_it_goes()
    {
        string segment = Directory.GetFiles(Path.Combine(ledger.DirectoryPath, "segments"), "*.seg").Single();
        byte[] bytes = System.IO.File.ReadAllBytes(segment);
        using (FileStream file = System.IO.File.OpenWrite(segment))
        {
            file.Position = bytes.AsSpan().IndexOf("x-test"u8);
            file.WriteByte((byte)'y');
        }
        using FraudSource damaged = Open();
        Assert.Null(FraudFinder.Find([damaged], []));
        Assert.Equal(ErrorCodes.Damaged, damaged.Fault?.Code);
    }

    private static FraudProof? Find(params FraudSource[] sources)
    {
        try
        {
            return FraudFinder.Find(sources, []);
        }
        finally
        {
            foreach (FraudSource source in sources)
                source.Dispose();
        }
    }

    private static FraudSource Bundle(Bundle bundle) => FraudSource.OfBundle("a bundle", bundle.ToBytes());

    private FraudSource Open() => FraudSource.OfLedger(ledger.DirectoryPath, ledger.Environment.Disk);

    // Genesis and one entry that is not the ledger's, in a tree that the log's key signed.
    private Bundle Forged(int index, Func<Entry, Entry> change, PrivateKey? signer = null)
    {
        using LedgerView view = ledger.View();
        using PrivateKey key = signer ?? TestLedger.Seeded(1);
        Receipt honest = view.Receipt(index);
        Receipt forged = Receipt.Create(change(honest.Entry), honest.Payload, honest.Salt.Span);
        var tree = new MerkleTree(TreeHasher.Sha256);
        for (long i = 0; i < view.Size; i++)
            tree.Append(i == index ? forged.LeafHash(TreeHasher.Sha256) : view.Tree.Leaf(i));
        Checkpoint checkpoint = new(TestLedger.Origin, new TreeHead(tree.Size, tree.Root()));
        return new Bundle
        {
            Subject = index,
            Checkpoint = checkpoint.Sign(key).ToString(),
            Entries =
            [
                new(view.Receipt(0), InclusionProof.Prove(tree, tree.Size, 0, TreeHasher.Sha256)),
                new(forged, InclusionProof.Prove(tree, tree.Size, index, TreeHasher.Sha256)),
            ],
        };
    }
}
