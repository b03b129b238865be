using Tessrax.Keys;
using Tessrax.Verification.Search;

namespace Tessrax.Verification;

/// <summary>Checks a file of whichever kind somebody was given, against a trust root of one's own: a bundle, a proof of a search or a receipt.</summary>
public static class FileVerifier
{
    /// <summary>The verdict. What means to be neither a proof of a search nor a receipt is judged as a bundle.</summary>
    /// <param name="bytes">Whatever a stranger gave; never throws at it.</param>
    /// <param name="trust">What the verifier accepts; null if trust was not established.</param>
    /// <param name="clock">Measures the stages; decides nothing.</param>
    public static Verdict Verify(ReadOnlySpan<byte> bytes, TrustRoot? trust, TimeProvider clock) =>
        Verify(bytes, trust, clock, null);

    /// <summary>The same verdict; <paramref name="watcher"/> is told of each stage as soon as it is over. A receipt has too few for that.</summary>
    internal static Verdict Verify(
        ReadOnlySpan<byte> bytes,
        TrustRoot? trust,
        TimeProvider clock,
        Action<Stage>? watcher
    ) =>
        SearchProof.IsMeant(bytes) ? SearchVerifier.Verify(bytes, trust, clock, null, watcher)
        : ReceiptVerifier.IsMeant(bytes) ? ReceiptVerifier.Verify(bytes, trust, clock)
        : BundleVerifier.Verify(bytes, trust, clock, watcher);
}
