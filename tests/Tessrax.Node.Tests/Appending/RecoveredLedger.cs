using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Reading;
using Tessrax.Verification;

namespace Tessrax.Node.Tests.Appending;

/// <summary>Recoveries of a <see cref="TestLedger"/> that committed to a recovery key.</summary>
internal static class RecoveredLedger
{
    public static PrivateKey NewLog => TestLedger.Seeded(41);

    public static PrivateKey NewAuthor => TestLedger.Seeded(42);

    public static RecoveryCommitment Commitment => new(RecoveryCommitment.Of(Key(0).PublicKey), 0);

    /// <summary>The holder's recovery keys, one after the other.</summary>
    public static PrivateKey Key(long generation) => TestLedger.Seeded((byte)(101 + generation));

    public static TestLedger Make(TimeProvider? clock = null, IDisk? disk = null, int approvers = 0) =>
        new(clock: clock, disk: disk, approvers: approvers, recovery: Commitment);

    public static LedgerKeys Keys() => new(NewLog, NewAuthor);

    /// <summary>What the holder of the recovery key signs: new keys, and an end to the author's old one.</summary>
    public static KeyRecovered Signed(
        GovernanceState state,
        long size,
        long suspectFrom,
        PrivateKey? log = null,
        PrivateKey? author = null,
        IEnumerable<Digest>? retire = null
    )
    {
        RecoveryCommitment by = state.Recovery!;
        var request = RecoveryRequest.Make(
            state,
            size,
            [
                Offer(state, KeyPurpose.Log, TestLedger.Origin, log ?? NewLog),
                Offer(state, KeyPurpose.Author, "author", author ?? NewAuthor),
            ],
            retire ?? [TestLedger.Seeded(2).PublicKey.Id],
            suspectFrom
        );
        PrivateKey key = Key(by.Generation);
        return RecoveryAnswer
            .Sign(request, key.PublicKey, message => key.Sign(message), Key(by.Generation + 1).PublicKey)
            .Join(request);
    }

    public static KeyRecovered Signed(TestLedger ledger, long? suspectFrom = null)
    {
        using LedgerView view = ledger.View();
        return Signed(view.Fold.State, view.Size, suspectFrom ?? view.Size);
    }

    public static LedgerWriter Open(TestLedger ledger, KeyRecovered recovered) =>
        LedgerWriter.OpenForRecovery(ledger.DirectoryPath, Keys(), ledger.Environment, recovered);

    public static LedgerWriter OpenAfter(TestLedger ledger) =>
        LedgerWriter.Open(ledger.DirectoryPath, Keys(), ledger.Environment);

    public static Stage? Suspects(Verdict verdict) =>
        verdict.Stages.SingleOrDefault(stage => stage.Name == SuspectScan.StageName);

    private static KeyOffer Offer(GovernanceState state, KeyPurpose purpose, string name, PrivateKey key) =>
        KeyOffer.MakeForRecovery(
            state.Ledger,
            new KeyContent(name, purpose, VerifierKey.Create(name, key.PublicKey), []),
            message => key.Sign(message),
            state.Recovery!.Commitment
        );
}
