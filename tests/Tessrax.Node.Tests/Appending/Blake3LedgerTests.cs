using System.Text;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Publishing;
using Tessrax.Node.Reading;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Appending;

/// <summary>A ledger whose tree is BLAKE3's: the same life, another tree, and no way to pass for one of SHA-256.</summary>
public sealed class Blake3LedgerTests : IDisposable
{
    private readonly TestLedger ledger = new(hash: "blake3");

    public Blake3LedgerTests()
    {
        using LedgerWriter writer = ledger.Open();
        new Ingestor(writer).Ingest([
            TestLedger.File(TestLedger.Claim("a", "A", 9, "s1"), TestLedger.Claim("b", "A", 8, "s2")),
        ]);
    }

    public void Dispose() => ledger.Dispose();

    [Fact]
    public void Its_leaves_nodes_and_root_are_blake3_and_all_other_digests_sha256()
    {
        TreeHasher blake3 = TreeHasher.ByName("blake3")!;
        using LedgerView view = ledger.View();
        var again = new Frontier(blake3);
        foreach (Receipt receipt in view.Receipts())
        {
            again.Append(blake3.Leaf(receipt.Leaf.Span));
            Assert.True(receipt.PayloadMatches(ledger.Id));
        }
        Assert.Equal(again.Head, Checkpoint.ParseBody(view.Checkpoint.Text).Head);
        Assert.Equal("blake3", view.Fold.State.Hash);
        Verdict verdict = ledger.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal($"blake3:{again.Root().ToHex()}", verdict.RootText);
    }

    [Fact]
    public void Asked_for_tiles_it_says_why_it_has_none()
    {
        var error = Assert.Throws<TessraxException>(() => TileSource.Open(ledger.DirectoryPath, ledger.Environment));
        Assert.Equal(ErrorCodes.NotALog, error.Code);
        Assert.Contains("a ledger of blake3, which offers no tiles", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_entry_proves_itself()
    {
        using LedgerView view = ledger.View();
        for (long i = 0; i < view.Size; i++)
        {
            Bundle bundle = Bundle.Parse(BundleMaker.Make(view, i).ToBytes());
            Assert.True(BundleVerifier.Verify(bundle.ToBytes(), ledger.Trust, TimeProvider.System).Holds);
        }
    }

    [Fact]
    public void A_name_that_was_exchanged_in_ledger_json_is_found()
    {
        string file = Path.Combine(ledger.DirectoryPath, LedgerDirectory.FactsFile);
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"blake3\"", "\"sha256\"", StringComparison.Ordinal));
        Assert.Equal(ErrorCodes.Damaged, Assert.Throws<TessraxException>(ledger.View).Code);
        Assert.Equal(ErrorCodes.Damaged, Assert.Throws<TessraxException>(ledger.Open).Code);
        Assert.False(ledger.Verify().Stages.Single(s => s.Name == "framing").Holds);
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"sha256\"", "\"sha512\"", StringComparison.Ordinal));
        Assert.Equal(ErrorCodes.UnknownFormat, Assert.Throws<TessraxException>(ledger.View).Code);
    }

    [Fact]
    public void A_name_that_was_exchanged_in_genesis_makes_another_ledger_whose_root_nobody_signed()
    {
        using LedgerView view = ledger.View();
        var verifier = new LedgerVerifier(TimeProvider.System, ledger.Trust);
        foreach (Receipt receipt in view.Receipts())
        {
            string leaf = Encoding
                .UTF8.GetString(receipt.Leaf.Span)
                .Replace("\"blake3\"", "\"sha256\"", StringComparison.Ordinal);
            verifier.Add(
                Encoding.UTF8.GetBytes(leaf),
                receipt.Payload is null ? [] : receipt.Payload.Bytes,
                receipt.Salt.Span
            );
        }
        verifier.AddCheckpoint(view.Checkpoint.ToBytes());
        Verdict verdict = verifier.Finish();
        foreach (string stage in (string[])["merkle", "trust", "governance"])
            Assert.False(verdict.Stages.Single(s => s.Name == stage).Holds, stage);
    }
}
