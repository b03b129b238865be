using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Ledger;

public sealed class LeafPipelineTests
{
    private static readonly SampleLedger Ledger = SampleLedger.Whole();

    private readonly LeafPipeline pipeline = new(TreeHasher.Sha256);

    [Fact]
    public void Gives_every_leaf_of_a_ledger_to_the_byte()
    {
        var frontier = new Frontier(TreeHasher.Sha256);
        int written = 0;
        foreach (Receipt receipt in Ledger.Receipts)
        {
            Entry entry = receipt.Entry;
            if (receipt.Payload is not { } payload || entry.Approvals.Count > 0)
                continue;
            // The payload as a stranger would send it, with space around its punctuation.
            byte[] json = Encoding.UTF8.GetBytes(" " + payload + "\n");
            Digest commitment = pipeline.Commit(Ledger.Id, json, receipt.Salt.Span);
            Assert.Equal(entry.Body.Payload, commitment);
            Assert.Equal(payload.Bytes, pipeline.Payload);
            ReadOnlySpan<byte> signed = pipeline.WriteBody(Ledger.Id, DraftOf(entry.Body));
            Assert.Equal(entry.Body.SignedBytes(Ledger.Id), signed);
            Assert.Equal(entry.Body.ToJson().ToCanonicalBytes(), pipeline.Body);
            byte[] signature = Convert.FromBase64String(entry.Signature ?? "");
            Digest hash = pipeline.Append(PlaceOf(entry), signature, frontier);
            Assert.Equal(entry.ToJson().ToCanonicalBytes(), pipeline.Leaf);
            Assert.Equal(receipt.Leaf.Span, pipeline.Leaf);
            Assert.Equal(TreeHasher.Sha256.Leaf(receipt.Leaf.Span), hash);
            Assert.Equal(++written, frontier.Size);
        }
        Assert.InRange(written, 8, Ledger.Receipts.Count);
    }

    [Theory]
    [InlineData("1", null)]
    [InlineData("\"x\"", 7)]
    [InlineData(" { \"b\" : 1.0, \"a\" : [ ] } ", 7)]
    public void Makes_the_payload_of_an_own_event_as_its_record_does(string data, int? state)
    {
        Digest? digest = state is { } one ? new Digest(Enumerable.Repeat((byte)one, 32).ToArray()) : null;
        byte[] salt = new byte[32];
        byte[] json = Encoding.UTF8.GetBytes(data);
        byte[] expected = new OwnEvent(JsonValue.Parse(json), digest).ToJson().ToCanonicalBytes();
        Digest commitment = pipeline.CommitOwn(Ledger.Id, json, digest, salt);
        Assert.Equal(expected, pipeline.Payload);
        Assert.Equal(SignedBytes.CommitmentOf(Ledger.Id, salt, expected), commitment);
    }

    [Theory]
    [InlineData("1,\"state\":null")]
    [InlineData("1}")]
    [InlineData("")]
    public void Takes_one_value_for_the_data_of_an_own_event_and_nothing_beside_it(string data) =>
        Assert.Equal(
            ErrorCodes.NotJson,
            Assert
                .Throws<TessraxException>(() =>
                    pipeline.CommitOwn(Ledger.Id, Encoding.UTF8.GetBytes(data), null, new byte[32])
                )
                .Code
        );

    [Fact]
    public void Counts_the_payload_as_one_level_of_nesting()
    {
        string Nested(int depth) => new string('[', depth) + new string(']', depth);
        string brackets = $"\"{new string('[', 100)}\"";
        foreach (string fits in (string[])[Nested(63), brackets])
        {
            pipeline.CommitOwn(Ledger.Id, Encoding.UTF8.GetBytes(fits), null, new byte[32]);
            OwnEvent.FromJson(JsonValue.Parse(pipeline.Payload));
        }
        TessraxException deep = Assert.Throws<TessraxException>(() =>
            pipeline.CommitOwn(Ledger.Id, Encoding.UTF8.GetBytes(Nested(64)), null, new byte[32])
        );
        Assert.Equal(ErrorCodes.TooDeep, deep.Code);
    }

    [Fact]
    public void Appends_to_either_tree_alike()
    {
        Entry entry = Ledger.Receipts.First(r => r.Payload is not null && r.Entry.Signature is not null).Entry;
        pipeline.Commit(Ledger.Id, "{}"u8, new byte[32]);
        pipeline.WriteBody(Ledger.Id, DraftOf(entry.Body));
        var tree = new MerkleTree(TreeHasher.Sha256);
        var frontier = new Frontier(TreeHasher.Sha256);
        byte[] signature = Convert.FromBase64String(entry.Signature!);
        for (int i = 0; i < 5; i++)
        {
            LeafPlace place = PlaceOf(entry) with { Index = i };
            Assert.Equal(pipeline.Append(place, signature, tree), pipeline.Append(place, signature, frontier));
        }
        Assert.Equal(tree.Root(), frontier.Root());
    }

    [Fact]
    public void Another_ledger_is_another_body()
    {
        Entry entry = Ledger.Receipts.First(r => r.Payload is not null).Entry;
        Digest other = HashEngine.Sha256.Hash("other"u8);
        foreach (Digest ledger in new[] { Ledger.Id, other, Ledger.Id })
        {
            pipeline.Commit(ledger, "{}"u8, new byte[32]);
            pipeline.WriteBody(ledger, DraftOf(entry.Body));
            Assert.Contains(
                $"\"ledger\":\"{ledger}\"",
                Encoding.UTF8.GetString(pipeline.Body),
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public void Refuses_what_no_entry_may_hold()
    {
        byte[] salt = new byte[32];
        byte[] large = Encoding.ASCII.GetBytes($"\"{new string('x', Receipt.MaxPayloadBytes)}\"");
        EntryTests.Refuses(ErrorCodes.TooLarge, () => pipeline.Commit(Ledger.Id, large, salt));
        EntryTests.Refuses(ErrorCodes.DuplicateKey, () => pipeline.Commit(Ledger.Id, "{\"a\":1,\"a\":2}"u8, salt));
        Assert.Throws<ArgumentException>(() => pipeline.Commit(Ledger.Id, "{}"u8, salt.AsSpan(1)));
        Assert.Throws<ArgumentException>(() => pipeline.WriteLeaf(default, new byte[63]));
        EntryBody body = Ledger.Receipts.First(r => r.Payload is not null).Entry.Body;
        pipeline.Commit(Ledger.Id, "{}"u8, salt);
        EntryTests.Refuses(
            ErrorCodes.TooLarge,
            () => pipeline.WriteBody(Ledger.Id, DraftOf(body with { Event = new string('x', EntryBody.MaxBytes) }))
        );
        EntryTests.Refuses(
            ErrorCodes.LoneSurrogate,
            () => pipeline.WriteBody(Ledger.Id, DraftOf(body with { Event = "x-\ud800" }))
        );
    }

    internal static BodyDraft DraftOf(EntryBody body) =>
        new()
        {
            Event = body.Event,
            By = body.By,
            IssuedAt = body.IssuedAt,
            ExpiresAt = body.ExpiresAt,
            Nonce = Convert.FromBase64String(body.Nonce),
            Policy = body.Policy,
        };

    internal static LeafPlace PlaceOf(Entry entry) => new(entry.Index, entry.Epoch, entry.RecordedAt, entry.Gov);
}
