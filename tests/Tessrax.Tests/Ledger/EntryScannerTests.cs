using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Tests.Fuzz;
using Tessrax.Tests.Governance;
using Xunit;

namespace Tessrax.Tests.Ledger;

/// <summary>The quick reader of leaves reads nothing that the strict one refuses, and nothing differently.</summary>
public sealed class EntryScannerTests
{
    private static readonly byte[][] Leaves = [.. MakeLeaves()];

    [Fact]
    public void Reads_every_ordinary_entry_as_the_strict_reader_does()
    {
        var scanner = new EntryScanner();
        foreach (byte[] leaf in Leaves)
            Assert.True(Same(scanner, leaf), Encoding.UTF8.GetString(leaf));
    }

    [Fact]
    public void A_scanner_that_has_read_nothing_yet_takes_no_bytes_for_a_digest()
    {
        foreach (byte[] leaf in Leaves.Take(3))
        {
            foreach (
                string name in new[]
                {
                    "\"by\":{\"key\":\"sha256:",
                    "\"ledger\":\"sha256:",
                    "\"gov\":{\"digest\":\"sha256:",
                }
            )
            {
                foreach ((byte filler, bool isDigit) in new[] { ((byte)0, false), ((byte)'0', true) })
                {
                    byte[] bent = [.. leaf];
                    int at = bent.AsSpan().IndexOf(Encoding.ASCII.GetBytes(name)) + name.Length;
                    bent.AsSpan(at, 64).Fill(filler);
                    Assert.Equal(isDigit, Same(new EntryScanner(), bent));
                }
            }
        }
    }

    [Theory]
    [InlineData("0001-01-01T00:00:", true)]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", false)]
    [InlineData("2026-02-30T00:00:", false)]
    [InlineData("2026-02-28T24:00:", false)]
    public void A_minute_that_was_read_before_changes_nothing(string minute, bool isTime)
    {
        foreach (string name in (string[])["\"expires_at\":\"", "\"issued_at\":\"", "\"recorded_at\":\""])
        {
            byte[] bent = [.. Leaves[0]];
            int at = bent.AsSpan().IndexOf(Encoding.ASCII.GetBytes(name)) + name.Length;
            Encoding.ASCII.GetBytes(minute).CopyTo(bent, at);
            var known = new EntryScanner();
            Assert.True(Same(known, Leaves[0]));
            foreach (EntryScanner scanner in (EntryScanner[])[new EntryScanner(), known])
            {
                Assert.Equal(isTime, Same(scanner, bent));
                // A second that there is not, in a minute that is known by now.
                byte[] late = [.. bent];
                late[at + 17] = (byte)'6';
                Assert.False(Same(scanner, late));
            }
        }
    }

    [Fact]
    public void Leaves_control_events_policies_and_approvals_to_the_strict_reader()
    {
        var scanner = new EntryScanner();
        int scanned = 0;
        foreach (Receipt receipt in FuzzSeeds.Ledger.Receipts)
        {
            Entry entry = receipt.Entry;
            bool ordinary =
                entry.Body is { Control: null, Policy: null, Payload: not null } && entry.Approvals.Count == 0;
            Assert.Equal(ordinary, scanner.TryScan(receipt.Leaf.Span, out _));
            scanned += ordinary ? 1 : 0;
        }
        Assert.InRange(scanned, 1, FuzzSeeds.Ledger.Receipts.Count - 1);
    }

    [Fact]
    public void Whatever_it_reads_of_mutated_leaves_the_strict_reader_reads_alike()
    {
        var random = new Random(20260401);
        var scanner = new EntryScanner();
        int read = 0;
        for (int round = 0; round < 30_000; round++)
        {
            byte[] leaf = Leaves[random.Next(Leaves.Length)];
            byte[] bad =
                round % 3 == 0
                    ? ByteMutator.Mutate(leaf, Leaves[random.Next(Leaves.Length)], random)
                    : ChangedByte(leaf, random);
            read += Same(scanner, bad) ? 1 : 0;
        }
        Assert.True(read > 1000, $"only {read} of the mutated leaves were read at all");
    }

    [Fact]
    public void A_byte_more_or_less_anywhere_is_never_read_unless_the_strict_reader_reads_it_alike()
    {
        var scanner = new EntryScanner();
        byte[] leaf = Leaves[^1];
        for (int at = 0; at < leaf.Length; at++)
        {
            Same(scanner, [.. leaf[..at], .. leaf[(at + 1)..]]);
            foreach (byte more in "0 \"a,}\\"u8)
                Same(scanner, [.. leaf[..at], more, .. leaf[at..]]);
        }
        Assert.True(Same(scanner, leaf));
    }

    [Theory]
    [InlineData("""{"data":1}""")]
    [InlineData("""{"data":{"a":[1,"x\n",null]},"state":null}""")]
    [InlineData("""{"data":{"state":null}}""")]
    [InlineData("""{"data":{},"state":"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}""")]
    [InlineData("""{"data":",\"state\":null}"}""")]
    public void Takes_the_payloads_that_fit_an_own_event(string payload)
    {
        Assert.True(EntryScanner.IsOwnPayload(Encoding.UTF8.GetBytes(payload)));
        Assert.True(FitsStrictly(Encoding.UTF8.GetBytes(payload)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"data":}""")]
    [InlineData("""{"data":1""")]
    [InlineData("""{"data":1} """)]
    [InlineData("""{"data": 1}""")]
    [InlineData("""{"data":1.0}""")]
    [InlineData("""{"data":1,"data":1}""")]
    [InlineData("""{"data":1,"more":1}""")]
    [InlineData("""{"data":1,"state":1}""")]
    [InlineData("""{"data":1,"state":"sha256:A"}""")]
    [InlineData("""{"data":1,"state":null,"state":null}""")]
    [InlineData("""{"data":{"b":1,"a":1}}""")]
    [InlineData("""{"data":"\u0041"}""")]
    [InlineData("""{"data":1,"state":"sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""")]
    public void Takes_no_other_payload(string payload)
    {
        Assert.False(EntryScanner.IsOwnPayload(Encoding.UTF8.GetBytes(payload)));
        Assert.False(FitsStrictly(Encoding.UTF8.GetBytes(payload)));
    }

    [Fact]
    public void Takes_a_payload_as_deep_as_is_allowed_and_no_deeper()
    {
        for (int depth = 60; depth <= 66; depth++)
        {
            string data = new string('[', depth) + new string(']', depth);
            byte[] payload = Encoding.UTF8.GetBytes($$"""{"data":{{data}}}""");
            Assert.Equal(depth < JsonValue.MaxDepth, EntryScanner.IsOwnPayload(payload));
            Assert.Equal(FitsStrictly(payload), EntryScanner.IsOwnPayload(payload));
        }
    }

    [Fact]
    public void Takes_mutated_payloads_exactly_if_they_are_canonical_and_fit()
    {
        var random = new Random(20260402);
        byte[][] seeds =
        [
            """{"data":{"n":1,"text":"x\"é\n","w":[0.5,1e+30,-1,true,null,{}]},"state":null}"""u8.ToArray(),
            """{"data":[],"state":"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}"""u8.ToArray(),
            """{"data":{"state":null}}"""u8.ToArray(),
        ];
        int taken = 0;
        for (int round = 0; round < 30_000; round++)
        {
            byte[] seed = seeds[random.Next(seeds.Length)];
            byte[] payload =
                round % 2 == 0
                    ? ChangedByte(seed, random)
                    : ByteMutator.Mutate(seed, seeds[random.Next(seeds.Length)], random);
            bool fits = FitsStrictly(payload);
            Assert.True(fits == EntryScanner.IsOwnPayload(payload), Encoding.UTF8.GetString(payload));
            taken += fits ? 1 : 0;
        }
        Assert.True(taken > 100, $"only {taken} of the mutated payloads fit");
    }

    [Theory]
    [InlineData("2026-01-31T12:00:00.000000Z", true)]
    [InlineData("2024-02-29T23:59:59.999999Z", true)]
    [InlineData("0001-01-01T00:00:00.000000Z", true)]
    [InlineData("9999-12-31T23:59:59.999999Z", true)]
    [InlineData("2025-02-29T00:00:00.000000Z", false)]
    [InlineData("2026-13-01T00:00:00.000000Z", false)]
    [InlineData("2026-00-01T00:00:00.000000Z", false)]
    [InlineData("2026-01-00T00:00:00.000000Z", false)]
    [InlineData("2026-04-31T00:00:00.000000Z", false)]
    [InlineData("0000-01-01T00:00:00.000000Z", false)]
    [InlineData("2026-01-31T24:00:00.000000Z", false)] // a time to .NET 11
    [InlineData("2026-01-31T23:60:00.000000Z", false)]
    [InlineData("2026-01-31T23:59:60.000000Z", false)]
    [InlineData("2026-01-31T12:00:00.00000/Z", false)]
    [InlineData("2026-01-31 12:00:00.000000Z", false)]
    public void Times_are_read_from_bytes_as_from_text(string text, bool isTime)
    {
        Assert.Equal(isTime, UtcTime.TryParse(text, out UtcTime expected));
        Assert.Equal(isTime, UtcTime.TryParse(Encoding.ASCII.GetBytes(text), out UtcTime time));
        Assert.Equal(expected, time);
    }

    // False if the scanner does not read it; fails the test if the two readers disagree.
    private static bool Same(EntryScanner scanner, byte[] leaf)
    {
        if (!scanner.TryScan(leaf, out ScannedEntry scanned))
            return false;
        Entry entry = Entry.Parse(leaf);
        EntryBody body = entry.Body;
        Assert.Empty(entry.Approvals);
        Assert.Null(body.Control);
        Assert.Null(body.Policy);
        Assert.Equal((entry.Index, entry.Epoch), (scanned.Index, scanned.Epoch));
        Assert.Equal((entry.RecordedAt, entry.Gov), (scanned.RecordedAt, scanned.Gov));
        Assert.Equal((body.By, body.Ledger), (scanned.By, scanned.Ledger.ToString()));
        Assert.Equal((body.IssuedAt, body.ExpiresAt), (scanned.IssuedAt, scanned.ExpiresAt));
        Assert.Equal(body.Payload, scanned.Payload);
        Assert.Equal(body.Event, Encoding.ASCII.GetString(leaf[scanned.Event]));
        Assert.Equal(Events.IsOwn(body.Event), scanned.IsOwn);
        Assert.Equal(Convert.FromBase64String(body.Nonce), NonceOf(scanned));
        string signature = entry.Signature ?? entry.Seal?.Signature ?? "";
        Assert.Equal(signature, Encoding.ASCII.GetString(leaf[scanned.Signature]));
        Assert.Equal(signature.Length > 0, scanned.IsSigned);
        Assert.Equal((entry.Seal?.Size ?? 0, entry.Seal?.Position ?? 0), (scanned.SealSize, scanned.SealPosition));
        string path = string.Join(',', (entry.Seal?.Path.ToArray() ?? []).Select(hash => $"\"{hash.ToBase64()}\""));
        Assert.Equal(path, Encoding.ASCII.GetString(leaf[scanned.SealPath]));
        Assert.Equal(body.ToJson().ToCanonicalBytes(), leaf[scanned.Body]);
        return true;
    }

    private static byte[] NonceOf(ScannedEntry scanned)
    {
        byte[] nonce = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(nonce, scanned.Nonce);
        return nonce;
    }

    private static bool FitsStrictly(byte[] payload)
    {
        if (!CanonicalWriter.IsCanonical(payload))
            return false;
        try
        {
            EventPayloads.Read("x-any", JsonValue.Parse(payload));
            return true;
        }
        catch (TessraxException)
        {
            return false;
        }
    }

    private static byte[] ChangedByte(byte[] leaf, Random random)
    {
        byte[] changed = [.. leaf];
        int at = random.Next(leaf.Length);
        // Bytes that could stand there are met more often than noise.
        changed[at] = random.Next(2) == 0 ? leaf[random.Next(leaf.Length)] : (byte)random.Next(256);
        return changed;
    }

    private static IEnumerable<byte[]> MakeLeaves()
    {
        var ledger = new FoldLedger();
        var pipeline = new LeafPipeline(TreeHasher.Sha256);
        string[] events = ["x-a", "x-sensor.reading_2", "x-" + new string('z', 62), "CLAIMS_RECORDED", "X"];
        long[] indexes = [0, 7, 10, 65_536, 9007199254740991];
        var random = new Random(4);
        for (int i = 0; i < 50; i++)
        {
            byte[] nonce = new byte[16];
            random.NextBytes(nonce);
            bool signed = i % 2 == 0;
            pipeline.Commit(ledger.Id, """{"data":1}"""u8, new byte[32]);
            byte[] signature = FoldLedger.Author.Sign(
                pipeline.WriteBody(
                    ledger.Id,
                    new BodyDraft
                    {
                        Event = events[i % events.Length],
                        By = new Voucher(signed ? VoucherKind.Author : VoucherKind.Log, FoldLedger.Author.PublicKey.Id),
                        IssuedAt = ledger.Now,
                        ExpiresAt = ledger.Now + TimeSpan.FromMilliseconds(random.Next()),
                        Nonce = nonce,
                    }
                )
            );
            var place = new LeafPlace(indexes[i / 5 % 5], i % 3, ledger.Now, ledger.Fold.State.Reference);
            pipeline.WriteLeaf(place, signed ? signature : default(ReadOnlySpan<byte>));
            yield return pipeline.Leaf.ToArray();
        }
        foreach (int size in (int[])[1, 2, 5, 65_536])
        {
            Digest[] path = [.. Enumerable.Repeat(ledger.Id, Math.Min(16, size - 1))];
            string signature = Convert.ToBase64String(new byte[64]);
            Entry entry = Entry.Parse(pipeline.Leaf) with
            {
                Signature = null,
                Seal = new Seal(size, size / 2, path, signature),
            };
            EntryBody body = entry.Body with { By = new Voucher(VoucherKind.Seal, entry.Body.By.Key) };
            yield return (entry with { Body = body }).ToLeaf();
        }
    }
}
