using System.Globalization;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Appending;

namespace Tessrax.Bench.Http;

/// <summary>A ledger to be served, with keys that everybody can make.</summary>
internal static class HttpLedger
{
    public const string Event = "x-bench";

    /// <summary>The key by which the load appends.</summary>
    public static PrivateKey Submitter => Seeded(3);

    /// <summary>The keys of the ledger.</summary>
    public static LedgerKeys Keys => new(Seeded(1), Seeded(2));

    /// <summary>Clock, randomness and disk as every program has them.</summary>
    public static NodeEnvironment Environment { get; } =
        NodeEnvironment.OfUser(static _ => null, TimeProvider.System, SystemRandom.Fill);

    /// <summary>Makes one of so many entries, and the file that lets the load append to it.</summary>
    public static async Task Make(string directory, int entries)
    {
        await using var pipeline = new LedgerPipeline(Create(directory, "example.com/bench", Environment));
        for (int at = 1; at < entries; at += LedgerPipeline.MostTogether)
        {
            int from = at;
            await pipeline.AppendAsync([
                .. Enumerable
                    .Range(0, Math.Min(LedgerPipeline.MostTogether, entries - at))
                    .Select(i => new OwnDraft(Event, DataOf(from + i))),
            ]);
        }
        await pipeline.CompleteAsync();
        LetIn(directory);
    }

    /// <summary>Makes one that holds its genesis alone, in a directory that is not there.</summary>
    public static LedgerWriter Create(string directory, string origin, NodeEnvironment environment, Shard? shard = null)
    {
        Directory.CreateDirectory(directory);
        using LedgerKeys keys = Keys;
        var genesis = new Genesis
        {
            Origin = origin,
            Hash = "sha256",
            Shard = shard,
            Keys =
            [
                new LedgerKey(origin, KeyPurpose.Log, VerifierKey.Create(origin, keys.Log.PublicKey), [], 0),
                new LedgerKey("author", KeyPurpose.Author, VerifierKey.Create("author", keys.Author.PublicKey), [], 0),
            ],
            Policy = Policy.Default,
        };
        return LedgerWriter.Create(directory, genesis, Keys, environment);
    }

    /// <summary>What an entry is of: some 330 bytes, as programs send them.</summary>
    public static byte[] DataOf(long number) =>
        Encoding.ASCII.GetBytes(
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"amount":"{{number % 100_000}}.00","currency":"EUR","number":{{number}},"service":"service {{number % 97}}","text":"{{Filling}}"}"""
            )
        );

    private static string Filling { get; } = string.Join(' ', Enumerable.Range(0, 40).Select(i => $"word{i}"));

    private static void LetIn(string directory)
    {
        using PrivateKey key = Submitter;
        JsonValue one = JsonValue.Object(
            ("name", "bench"),
            ("key", VerifierKey.Create("bench", key.PublicKey).ToString()),
            ("roles", JsonValue.Of([JsonValue.String("submitter")]))
        );
        File.WriteAllBytes(
            Path.Combine(directory, "access.json"),
            JsonValue.Object(("access", "tessrax/access/v1"), ("keys", JsonValue.Of([one]))).ToCanonicalBytes()
        );
    }

    private static PrivateKey Seeded(byte seed) =>
        PrivateKey.FromSeed([.. Enumerable.Repeat(seed, PrivateKey.SeedSize)]);
}
