using System.Text.Json;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Reading;
using Tessrax.Node.Segments;
using Tessrax.Verification;

namespace Tessrax.Cli.Commands.Bench;

/// <summary>Verifies a whole ledger on one thread and on all, beside the limits that hashing, parsing and signatures set on this machine in the same run.</summary>
internal sealed class BenchReplay(CliContext context, LoadRun run, ReplayLedger ledger)
{
    // A ledger of a moment needs no better limit.
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);
    private const int Rounds = 3;
    private const int Few = 10_000;

    private readonly int all = System.Environment.ProcessorCount;
    private readonly Paces paces = new(context, run);

    /// <summary>Measures a ledger that was made.</summary>
    /// <param name="entries">How many entries it has.</param>
    /// <param name="by">Who vouches for them.</param>
    /// <param name="hasher">Its tree.</param>
    public void Measure(int entries, VoucherKind by, TreeHasher hasher)
    {
        string mode = by switch
        {
            VoucherKind.Author => "signed",
            VoucherKind.Seal => "sealed",
            _ => "unsigned",
        };
        if (entries < Few)
            paces.Length = Short;
        StoredEntry[] sample = ledger.Sample();
        using PrivateKey key = PrivateKey.FromSeed(context.RandomBytes(PrivateKey.SeedSize));
        byte[] signature = key.Sign(sample[0].Entry.Span);
        for (int round = 0; round < Rounds; round++)
        {
            Pace hashing = paces.Rate(all, () => Hash(sample, hasher), sample.Length);
            Pace alone = paces.Rate(1, () => Verify(key.PublicKey, sample[0].Entry.Span, signature), 1);
            Pace signatures = paces.Rate(all, () => Verify(key.PublicKey, sample[0].Entry.Span, signature), 1);
            Pace one = Verify(1, entries);
            Pace many = Verify(all, entries);
            paces.Note($"replay.{mode}.1-thread", "entries/s", one);
            paces.Note($"replay.{mode}.{all}-threads", "entries/s", many);
            paces.Note($"limit.hash-and-read.{all}-threads", "entries/s", hashing);
            paces.Note("limit.ed25519.1-thread", "signatures/s", alone);
            paces.Note($"limit.ed25519.{all}-threads", "signatures/s", signatures);
            paces.Note($"replay.{mode}.of-hash-limit", many, hashing);
            paces.Note($"replay.{mode}.of-ed25519-limit", many, signatures);
            paces.Note($"replay.{mode}.of-1-thread", "ratio", many.Rate / one.Rate);
            paces.Note("limit.ed25519.of-1-thread", "ratio", signatures.Rate / alone.Rate);
        }
        paces.Report();
    }

    private Pace Verify(int threads, int entries)
    {
        var trust = new TrustRoot(ledger.Id, TlogPolicy.LogAlone(ledger.Log));
        Verdict? verdict = null;
        Pace pace = paces.Once(
            () => verdict = new LedgerCheck(ledger.Environment, trust) { Threads = threads }.Run(ledger.Folder, false),
            entries
        );
        return verdict!.Holds ? pace : throw ErrorCodes.Bug.Because($"the ledger does not hold: {verdict.ToJson()}");
    }

    // What no verifier can do without: a leaf hash, a commitment, a node, and reading entry and payload as JSON.
    private void Hash(StoredEntry[] sample, TreeHasher hasher)
    {
        var leaves = new Digest[sample.Length];
        for (int i = 0; i < sample.Length; i++)
        {
            StoredEntry entry = sample[i];
            leaves[i] = hasher.Leaf(entry.Entry.Span);
            SignedBytes.CommitmentOf(ledger.Id, entry.Salt.Span, entry.Payload.Span);
            Read(entry.Entry.Span);
            Read(entry.Payload.Span);
        }
        var nodes = new Digest[sample.Length];
        hasher.Nodes(leaves.AsSpan(0, sample.Length / 2 * 2), nodes.AsSpan(0, sample.Length / 2));
        hasher.Nodes(leaves.AsSpan(0, sample.Length / 2 * 2), nodes.AsSpan(0, sample.Length / 2));
    }

    private static void Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            // The pass alone is measured.
        }
    }

    private static void Verify(PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (!key.Verify(message, signature))
            throw ErrorCodes.Bug.Because("a signature that was just made does not hold");
    }
}
