using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node;
using Tessrax.Node.Publishing;
using Tessrax.Verification;
using Tessrax.Verification.Search;

namespace Tessrax.Cli.Ledgers;

/// <summary>Checks files that strangers gave, against the trust root that somebody named, or else the one that is pinned on this machine.</summary>
internal static class PinnedTrust
{
    /// <summary>The trust root that is pinned for a ledger; null if there is none.</summary>
    public static TrustRoot? Of(NodeEnvironment environment, Digest? ledger) =>
        ledger is { } id ? new TrustPins(environment).Find(id) : null;

    /// <summary>Checks a bundle, or a proof of a search; where <see cref="ReceiptVerifier"/> knows it for a receipt, that.</summary>
    public static Verdict Verify(CliContext context, byte[] bytes, TrustRoot? trust)
    {
        NodeEnvironment environment = LedgerSession.Environment(context);
        if (SearchProof.IsMeant(bytes))
            return SearchVerifier.Verify(bytes, trust, context.Time, ledger => Of(environment, ledger));
        // Which pinned trust root to look up; whether it fits is for the verifier to say.
        return FileVerifier.Verify(bytes, trust ?? Of(environment, LedgerIdOf(bytes)), context.Time);
    }

    private static Digest? LedgerIdOf(byte[] bundle)
    {
        try
        {
            return Bundle.Parse(bundle).Entries is [var genesis, ..]
                ? SignedBytes.LedgerIdOf(genesis.Receipt.Entry.Body.ToJson())
                : null;
        }
        catch (TessraxException)
        {
            return null;
        }
    }
}
