using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Tests.Governance.KernelModel;

/// <summary>Faults that a kernel could have, each as what it would answer otherwise. The same faults in its source are in <c>eng/mutants</c>.</summary>
internal static class KernelMutants
{
    public static IReadOnlyDictionary<string, KernelMutant> All { get; } =
        new Dictionary<string, KernelMutant>
        {
            ["count by name"] = CountByName,
            ["expiry off by one"] = ExpiryOffByOne,
            ["policy of the wrong index"] = PolicyOfTheWrongIndex,
            ["missing domain separation"] = MissingDomainSeparation,
        };

    // Whose keys have two names are two.
    private static Refusal? CountByName(LedgerFold fold, Receipt receipt, Refusal? refusal)
    {
        if (refusal?.Code != ErrorCodes.AlreadyVoted)
            return refusal;
        var vote = (ApprovalRecorded)ReadPayload.Of(receipt).Record!;
        string? name = fold.State.Key(vote.Approval.Key)?.Name;
        return fold.Proposals[vote.Proposal]
            .VotesAt(receipt.Entry.RecordedAt, fold.State)
            .Any(v => fold.State.Key(v.Key)?.Name == name)
            ? refusal
            : null;
    }

    // The first moment after the window is in it.
    private static Refusal? ExpiryOffByOne(LedgerFold fold, Receipt receipt, Refusal? refusal) =>
        refusal?.Code == ErrorCodes.OutsideWindow
        && receipt.Entry.RecordedAt == receipt.Entry.Body.ExpiresAt + TimeSpan.FromMicroseconds(1)
            ? null
            : refusal;

    // A decision may name any policy that ever was in force.
    private static Refusal? PolicyOfTheWrongIndex(LedgerFold fold, Receipt receipt, Refusal? refusal) =>
        refusal?.Code == ErrorCodes.PolicyDiffers && fold.State.AllPolicies.Any(p => p.Pin == receipt.Entry.Body.Policy)
            ? null
            : refusal;

    // A signature of the same content holds, whatever it was signed as.
    private static Refusal? MissingDomainSeparation(LedgerFold fold, Receipt receipt, Refusal? refusal)
    {
        if (refusal?.Code != ErrorCodes.BadSignature || ReadPayload.Of(receipt).Record is not ApprovalRecorded vote)
            return refusal;
        PublicKey key = fold.State.Key(vote.Approval.Key)!.Verifier.Key;
        byte[] bare = vote.Approval.SignedBytes(fold.State.Ledger, fold.Proposals[vote.Proposal].BodyDigest)[
            SignedBytes.ApprovalLabel.Length..
        ];
        return key.Verify(bare, Convert.FromBase64String(vote.Approval.Signature)) ? null : refusal;
    }
}
