using System.Text;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Tests.Ledger;
using Tessrax.Tests.Verification;
using Tessrax.Tests.Verification.Fleet;
using Tessrax.Tests.Verification.Search;
using Tessrax.Verification;
using Tessrax.Verification.Fleet;
using Tessrax.Verification.Search;

namespace Tessrax.Tests.Fuzz;

internal static partial class FuzzTargets
{
    private static IEnumerable<FuzzTarget> OfVerification() =>
        [
            new("bundle", FuzzSeeds.Bundles, input => Bundle.Parse(input).ToBytes())
            {
                Covers = ["Bundle.Parse"],
                Weight = 3,
            },
            new("history", Histories, ReadHistory) { Covers = ["CheckpointHistory.Parse"], Weight = 4 },
            new("equivocation", Equivocations, ReadEquivocation) { Covers = ["Equivocation.Parse"], Weight = 4 },
            new("fraud", Frauds, ReadFraud) { Covers = ["FraudProof.Parse"], Weight = 4 },
            Json(
                "verifier-state",
                "VerifierState.FromJson",
                () => [Stood(5, default).ToJson(), Stood(1, "note"u8.ToArray()).ToJson()],
                value => VerifierState.FromJson(value).ToJson()
            ),
            Text("query", "Query.Parse", Queries, text => $"{Query.Parse(text)}"),
            new("search", Searches, input => SearchProof.Parse(input).ToBytes())
            {
                Covers = ["SearchProof.Parse", "FieldProof.FromJson"],
                Weight = 3,
            },
            new("fleet-list", FleetLists, ReadFleetList) { IsExact = true },
            new("fleet-proof", FleetProofs, input => FleetProof.Parse(input).ToBytes())
            {
                Covers = ["FleetProof.Parse"],
                Weight = 3,
            },
            new("verify-fleet", FleetProofs, VerifyFleet) { RoundTrips = false, Weight = 10 },
            new("verify-search", Searches, VerifySearch) { RoundTrips = false, Weight = 10 },
            new("verify-bundle", FuzzSeeds.Bundles, VerifyBundle) { RoundTrips = false, Weight = 10 },
        ];

    private static string[] Queries =>
        [
            "(subject:CVE-2024-1 OR \"remote code exec\"*) NOT source:nvd -x",
            "event:key_* severity:>=high policy:\"p 1.0.0\" key:0123abcd claim:c\\ 1",
            "after:2026-01-31 before:2026-01-31T12:00:00Z index:10..20 epoch:<3",
            "Ωd \u0301 漢字* abc",
        ];

    private static VerifierState Stood(long size, ReadOnlyMemory<byte> checkpoint) =>
        new(
            FuzzSeeds.Ledger.Id,
            "sha256",
            size,
            [.. Enumerable.Repeat(FuzzSeeds.Ledger.Id, System.Numerics.BitOperations.PopCount((ulong)size))],
            FuzzSeeds.Ledger.Id,
            checkpoint,
            size > 1,
            [new StageTally("entries", size, 0.25)]
        );

    private static IEnumerable<byte[]> Histories()
    {
        SampleLedger ledger = FuzzSeeds.Ledger;
        var roots = new List<SignedRoot>();
        foreach ((long size, SignedNote note) in ledger.Checkpoints)
        {
            Digest[] proof =
                roots.Count == 0
                    ? []
                    : ConsistencyProof.Prove(ledger.Tree, roots[^1].Head.Size, size, TreeHasher.Sha256);
            var head = new TreeHead(size, ledger.Tree.RootAt(size));
            roots.Add(new SignedRoot(note.ToString(), head, ledger.Now, proof));
        }
        yield return new CheckpointHistory { Log = new LogKeyChain(LogKey), Roots = roots }.ToBytes();
        var second = VerifierKey.Create(LogKey.Name, Governance.FoldLedger.Seeded(61).PublicKey);
        yield return new CheckpointHistory
        {
            Log = new LogKeyChain([new LogKeySpan(LogKey, 0), new LogKeySpan(second, 3)]),
            Roots = roots,
        }.ToBytes();
    }

    private static byte[] ReadHistory(byte[] input)
    {
        CheckpointHistory history = CheckpointHistory.Parse(input);
        _ = history.Verify(LogKey);
        return history.ToBytes();
    }

    private static IEnumerable<byte[]> Equivocations()
    {
        SignedNote first = FuzzSeeds.Ledger.Checkpoints[1].Note;
        SignedNote second = FuzzSeeds.Ledger.Checkpoints[2].Note;
        var evidence = new Equivocation { First = first.ToString(), Second = second.ToString() };
        yield return evidence.ToBytes();
        yield return (evidence with { Earlier = FuzzSeeds.Ledger.Id, Proof = [FuzzSeeds.Ledger.Id] }).ToBytes();
    }

    private static byte[] ReadEquivocation(byte[] input)
    {
        Equivocation evidence = Equivocation.Parse(input);
        // The log signed nothing twice: no evidence against it can be made.
        return evidence.Proves(LogKey, out string says)
            ? throw new InvalidOperationException($"evidence out of nothing: {says}")
            : evidence.ToBytes();
    }

    private static IEnumerable<byte[]> Frauds()
    {
        var log = new ForgedLog();
        yield return new FraudProof { First = log.Bind(0), Second = log.Bind(7) }.ToBytes();
    }

    private static byte[] ReadFraud(byte[] input)
    {
        FraudProof evidence = FraudProof.Parse(input);
        return evidence.Proves([LogKey], out string says)
            ? throw new InvalidOperationException($"evidence out of nothing: {says}")
            : evidence.ToBytes();
    }

    private static VerifierKey LogKey =>
        VerifierKey.Create(SampleLedger.Origin, SampleLedger.KeyOf(SampleLedger.LogSeed).PublicKey);

    // Whatever holds says the same as one of the seeds: nothing that counts was changed.
    private static byte[]? VerifyBundle(byte[] input)
    {
        Verdict verdict = BundleVerifier.Verify(
            input,
            SampleLedger.TrustIn(FuzzSeeds.Ledger.Id),
            StoppedClock.Instance
        );
        string text = verdict.ToJson().ToString();
        if (!verdict.Holds)
            return null;
        byte[] written = Bundle.Parse(input).ToBytes();
        return FuzzSeeds.Bundles().Any(seed => written.AsSpan().SequenceEqual(seed)) || IsPartOfOne(input)
            ? Encoding.UTF8.GetBytes(text)
            : throw new InvalidOperationException("a changed bundle holds");
    }

    // A bundle may leave out what it does not rest on, and mention its entries' neighbours.
    private static bool IsPartOfOne(byte[] input) =>
        Bundle
            .Parse(input)
            .Entries.All(entry =>
                FuzzSeeds.Ledger.Receipts.Any(receipt => receipt.Leaf.Span.SequenceEqual(entry.Receipt.Leaf.Span))
            );

    private static IEnumerable<byte[]> FleetLists() =>
        [FleetSample.List(FleetSample.WithLedger(2)), FleetSample.List(FleetSample.Others(1))];

    // Cut anywhere: here after every hundred bytes.
    private static byte[] ReadFleetList(byte[] input)
    {
        var reader = new FleetListReader();
        FleetMember[] members = [.. input.Chunk(100).SelectMany(piece => reader.Read(piece))];
        reader.End();
        return FleetSample.List(members);
    }

    private static IEnumerable<byte[]> FleetProofs()
    {
        FleetProof composed = FleetSample.Composed();
        yield return composed.ToBytes();
        yield return (composed with { Bundle = null }).ToBytes();
    }

    // Whatever holds says of the ledger what the round does.
    private static byte[]? VerifyFleet(byte[] input)
    {
        FleetVerdict verdict = FleetVerifier.Verify(
            input,
            FleetSample.FleetTrust,
            FleetSample.LedgerTrust,
            StoppedClock.Instance
        );
        if (!verdict.Verdict.Holds)
            return null;
        return
            verdict.About!.Ledger == FleetSample.WithLedger(0)[0].Says
            && verdict.About.Entry is null or FleetSample.Subject
            ? Encoding.UTF8.GetBytes(verdict.Verdict.ToJson().ToString())
            : throw new InvalidOperationException("a changed proof out of a fleet holds");
    }

    // In the one form that the code writes.
    private static IEnumerable<byte[]> Searches() =>
        FieldVectors.Holding.Select(proof => SearchProof.Parse(proof).ToBytes());

    // Whatever holds has found all that the ledger has to find, for whatever query, but where it says that it did not look.
    private static byte[]? VerifySearch(byte[] input)
    {
        Governance.FoldLedger ledger = FieldVectors.Ledger;
        Verdict verdict = SearchVerifier.Verify(input, ledger.Trust, StoppedClock.Instance);
        if (!verdict.Holds)
            return null;
        SearchProof proof = SearchProof.Parse(input);
        long end = proof.Open is null ? ledger.Fold.EpochAt!.Value : ledger.Fold.Size;
        var query = Query.Parse(proof.Query);
        IEnumerable<long> all = Governance
            .ErasureLedger.Carried(ledger)
            .Where(query.Matches)
            .Select(receipt => receipt.Entry.Index);
        return all.Where(index => index < end).SequenceEqual(verdict.Hits!.Where(index => index < end))
            ? Encoding.UTF8.GetBytes(verdict.ToJson().ToString())
            : throw new InvalidOperationException("a proof of a search holds that leaves out what is to be found");
    }
}
