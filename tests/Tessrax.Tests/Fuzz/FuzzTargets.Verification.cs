using System.Text;
using Tessrax.Tests.Ledger;
using Tessrax.Tests.Verification;
using Tessrax.Verification;

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
            new("verify-bundle", FuzzSeeds.Bundles, VerifyBundle) { RoundTrips = false, Weight = 10 },
        ];

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
}
