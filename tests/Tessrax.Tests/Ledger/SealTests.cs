using System.Security.Cryptography;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Tests.Governance;
using Xunit;

namespace Tessrax.Tests.Ledger;

public sealed class SealTests
{
    private readonly FoldLedger ledger = new();

    [Fact]
    public void Every_body_of_a_batch_of_any_shape_verifies_alone()
    {
        foreach (int size in (int[])[1, 2, 3, 4, 5, 7, 8, 9, 31, 33, 255, 256, 257])
        {
            var batch = new SealedEntries(ledger, size);
            var seals = new VerifiedSeals();
            for (int i = 0; i < size; i++)
            {
                Assert.Equal((size, i), (batch.Seals[i].Size, batch.Seals[i].Position));
                Assert.True(
                    seals.Holds(
                        batch.Seals[i],
                        ledger.Id,
                        batch.Bodies[i].DigestIn(ledger.Id),
                        FoldLedger.Author.PublicKey
                    )
                );
            }
        }
        Assert.All(new SealedEntries(ledger, 256).Seals, seal => Assert.Equal(8, seal.Path.Length));
    }

    [Fact]
    public void The_largest_batch_has_paths_of_sixteen_hashes_and_fits_an_entry()
    {
        var batch = new SealedEntries(ledger, Seal.MaxSize);
        Seal last = batch.Seals[^1];
        Assert.Equal(Seal.MaxPath, last.Path.Length);
        Receipt receipt = batch.Next(Seal.MaxSize - 1);
        Assert.Null(ledger.Judge(receipt));
        Assert.InRange(last.ToJson().ToCanonicalBytes().Length, 800, 1024);
    }

    [Fact]
    public void Root_and_signature_are_what_the_specification_says()
    {
        var batch = new SealedEntries(ledger, 3);
        byte[][] leaves =
        [
            .. batch.Bodies.Select(b => Sha256([0], "tessrax/seal-leaf/v1\n"u8, b.DigestIn(ledger.Id).Span)),
        ];
        byte[] left = Sha256([1], leaves[0], leaves[1]);
        byte[] root = Sha256([1], left, leaves[2]);
        string key = FoldLedger.Author.PublicKey.Id.ToString();
        string signed = $"{{\"key\":\"{key}\",\"root\":\"sha256:{Convert.ToHexStringLower(root)}\",\"size\":3}}";
        byte[] message = [.. "tessrax/seal/v1\n"u8, .. ledger.Id.Span, .. Encoding.UTF8.GetBytes(signed)];
        Assert.Equal(message, Seal.SignedBytes(ledger.Id, FoldLedger.Author.PublicKey.Id, 3, new Digest(root)));
        Assert.True(FoldLedger.Author.PublicKey.Verify(message, Convert.FromBase64String(batch.Seals[2].Signature)));
        Assert.Equal([left], batch.Seals[2].Path.ToArray().Select(h => h.Span.ToArray()));
    }

    [Fact]
    public void A_leaf_of_a_batch_is_neither_a_leaf_nor_a_node_of_a_log()
    {
        Digest digest = HashEngine.Sha256.Hash("body"u8);
        Assert.NotEqual(TreeHasher.Sha256.Leaf(digest.Span), Seal.LeafOf(digest));
        // The roots of a batch and of a log over the same digests differ, so that a signature of one is none of the other.
        var log = new MerkleTree(TreeHasher.Sha256);
        var batch = new SealedEntries(ledger, 4);
        foreach (EntryBody body in batch.Bodies)
            log.Append(TreeHasher.Sha256.Leaf(body.DigestIn(ledger.Id).Span));
        Assert.True(batch.Seals[0].TryRoot(batch.Bodies[0].DigestIn(ledger.Id), out Digest root));
        Assert.NotEqual(log.Root(), root);
    }

    [Fact]
    public void A_sealed_leaf_is_canonical_and_reads_back()
    {
        var batch = new SealedEntries(ledger, 5);
        foreach (int position in (int[])[0, 4])
        {
            Receipt receipt = batch.Next(position);
            byte[] leaf = receipt.Leaf.ToArray();
            Assert.Equal(receipt.Entry.ToJson().ToCanonicalBytes(), leaf);
            var read = Entry.Parse(leaf);
            Assert.Null(read.Signature);
            Assert.Equal(batch.Seals[position].Path.ToArray(), read.Seal!.Path.ToArray());
            Assert.Equal(batch.Seals[position].Signature, read.Seal.Signature);
            Assert.Equal(leaf, read.ToLeaf());
        }
        Assert.Empty(Schema.Load("entry").Faults(batch.Next(0).Entry.ToJson()));
    }

    [Fact]
    public void The_pipeline_writes_a_sealed_leaf_to_the_byte()
    {
        var batch = new SealedEntries(ledger, 2);
        Entry entry = batch.Next(1).Entry;
        var pipeline = new LeafPipeline(TreeHasher.Sha256);
        var draft = new BodyDraft
        {
            Event = entry.Body.Event,
            By = entry.Body.By,
            IssuedAt = entry.Body.IssuedAt,
            ExpiresAt = entry.Body.ExpiresAt,
            Nonce = Convert.FromBase64String(entry.Body.Nonce),
        };
        Receipt receipt = batch.Next(1);
        pipeline.Commit(ledger.Id, receipt.Payload!.Bytes, receipt.Salt.Span);
        pipeline.WriteBody(ledger.Id, draft);
        var place = new LeafPlace(entry.Index, entry.Epoch, entry.RecordedAt, entry.Gov);
        Assert.Equal(receipt.LeafHash(TreeHasher.Sha256), pipeline.WriteLeaf(place, entry.Seal!));
        Assert.Equal(receipt.Leaf.Span, pipeline.Leaf);
    }

    [Theory]
    [InlineData("\"size\":2", "\"size\":0")]
    [InlineData("\"size\":2", "\"size\":65537")]
    [InlineData("\"size\":2", "\"size\":1")]
    [InlineData("\"size\":2", "\"size\":\"2\"")]
    [InlineData("\"position\":1", "\"position\":2")]
    [InlineData("\"position\":1", "\"position\":-1")]
    [InlineData("\"position\":1", "\"position\":1,\"x\":1")]
    [InlineData("\"position\":1,", "")]
    [InlineData("==\"", "\"")]
    [InlineData("\"path\":[", "\"path\":[\"\",")]
    [InlineData("\"path\":[", "\"path\":[1,")]
    [InlineData("\"path\":[", "\"path\":[[],")]
    public void Refuses_seals_that_no_batch_has(string part, string becomes)
    {
        string good = new SealedEntries(ledger, 2).Seals[1].ToJson().ToString();
        Assert.Contains(part, good, StringComparison.Ordinal);
        string bad = good.Replace(part, becomes, StringComparison.Ordinal);
        Assert.Throws<TessraxException>(() => Seal.FromJson(JsonValue.Parse(Encoding.UTF8.GetBytes(bad))));
    }

    [Fact]
    public void Refuses_hashes_and_signatures_with_two_spellings_and_paths_beyond_the_limit()
    {
        Seal good = new SealedEntries(ledger, 2).Seals[1];
        string text = good.ToJson().ToString();
        string hash = good.Path[0].ToBase64();
        // The last character of 32 bytes in base64 has two bits that stand for nothing.
        char last = hash[^2];
        string other = hash[..^2] + (char)(last + 1) + "=";
        Assert.Throws<TessraxException>(() => Read(text.Replace(hash, other, StringComparison.Ordinal)));
        Assert.Throws<TessraxException>(() =>
            Read(text.Replace(good.Signature, good.Signature[..^3] + "R==", StringComparison.Ordinal))
        );
        string many = string.Join(',', Enumerable.Repeat($"\"{hash}\"", Seal.MaxPath + 1));
        Assert.Throws<TessraxException>(() => Read(text.Replace($"\"{hash}\"", many, StringComparison.Ordinal)));

        static Seal Read(string json) => Seal.FromJson(JsonValue.Parse(Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public void Seals_no_body_twice_and_none_of_another_key_or_kind()
    {
        EntryBody body = new SealedEntries(ledger, 1).Bodies[0];
        EntryBody signed = body with { By = body.By with { Kind = VoucherKind.Author } };
        Assert.Throws<ArgumentException>(() => SealedBatch.Sign(ledger.Id, [], FoldLedger.Author));
        Assert.Throws<ArgumentException>(() => SealedBatch.Sign(ledger.Id, [body, body], FoldLedger.Author));
        Assert.Throws<ArgumentException>(() => SealedBatch.Sign(ledger.Id, [signed], FoldLedger.Author));
        Assert.Throws<ArgumentException>(() => SealedBatch.Sign(ledger.Id, [body], FoldLedger.SecondAuthor));
    }

    [Fact]
    public void An_entry_is_signed_or_sealed_not_both()
    {
        Entry entry = new SealedEntries(ledger, 1).Next(0).Entry with { };
        entry = entry with { Signature = entry.Seal!.Signature };
        Assert.Throws<InvalidOperationException>(() => entry.ToLeaf());
    }

    private static byte[] Sha256(ReadOnlySpan<byte> one, ReadOnlySpan<byte> two, ReadOnlySpan<byte> three) =>
        SHA256.HashData([.. one, .. two, .. three]);
}
