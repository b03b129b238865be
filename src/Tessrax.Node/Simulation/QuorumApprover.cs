using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Node.Simulation;

/// <summary>An approver's machine: it looks at what waits, signs a verdict, and never another one on the same body.</summary>
/// <remarks>A verdict is kept before it is given out, so that a machine that dies and comes back does not say the opposite.</remarks>
/// <param name="Key">Its key.</param>
/// <param name="Journal">Its verdicts, which it keeps.</param>
internal sealed record QuorumApprover(PrivateKey Key, IVerdictJournal Journal)
{
    /// <summary>Answers a request: a verdict on each proposal that waits for one of its own.</summary>
    /// <param name="request">What waits.</param>
    /// <param name="now">Its clock.</param>
    /// <param name="random">Where nonces come from.</param>
    /// <param name="approves">What it thinks of a body.</param>
    /// <returns>The verdicts; those that it gave before, as they were, while they are of the present rules.</returns>
    public IReadOnlyList<ApprovalRecorded> Answer(
        ApprovalRequest request,
        UtcTime now,
        RandomSource random,
        Func<Digest, bool> approves
    )
    {
        var verdicts = new List<ApprovalRecorded>();
        foreach (RequestedProposal wanted in request.Proposals)
        {
            if (wanted.Proposal.Body.ExpiresAt < now)
                continue;
            Digest body = wanted.Proposal.Body.DigestIn(request.Ledger);
            if (Journal.Find(body) is not { } given || given.Approval.Gov != request.Gov)
            {
                bool verdict = Journal.Find(body)?.Approval.Approves ?? approves(body);
                byte[] nonce = new byte[EntryBody.NonceBytes];
                random(nonce);
                given = request.Sign(wanted.Index, Key.PublicKey.Id, verdict, now, nonce, Key.Sign);
                Journal.Keep(body, given);
            }
            verdicts.Add(given);
        }
        return verdicts;
    }
}

/// <summary>Verdicts that were given, by the digest of the body.</summary>
internal interface IVerdictJournal
{
    /// <summary>The last verdict on a body; null if there is none.</summary>
    ApprovalRecorded? Find(Digest body);

    /// <summary>Keeps a verdict; when this returns, or when <see cref="QuorumApprover"/>'s answer is sent, it is durable.</summary>
    void Keep(Digest body, ApprovalRecorded verdict);
}
