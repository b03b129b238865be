using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Node.Simulation;

/// <summary>What a dishonest approver sends in place of one honest verdict. All of it is well formed; none of it may count for more than one verdict.</summary>
internal static class Dishonest
{
    /// <summary>The answers to a request, each with the name that it is sent under.</summary>
    public static IEnumerable<(string From, ApprovalRecorded Verdict)> Answer(
        Misbehaviour how,
        ApprovalRequest request,
        (PrivateKey Key, string Name, IReadOnlyList<string> Everybody) who,
        UtcTime now,
        RandomSource random
    )
    {
        ApprovalRecorded? before = null;
        foreach (RequestedProposal wanted in request.Proposals)
        {
            ApprovalRecorded Bent(Func<Approval, Approval> change) =>
                Sign(request, wanted, who.Key, now, random, change);

            ApprovalRecorded fair = Bent(a => a);
            switch (how)
            {
                case Misbehaviour.Double:
                    yield return (who.Name, fair);
                    yield return (who.Name, Bent(a => a with { Approves = false }));
                    yield return (who.Name, Bent(a => a));
                    break;
                case Misbehaviour.Stale:
                    Digest another = wanted.Proposal.Body.DigestIn(request.Ledger);
                    yield return (who.Name, Bent(a => a with { Gov = another }));
                    UtcTime issued = now + TimeSpan.FromHours(-2);
                    yield return (
                        who.Name,
                        Bent(a => a with { IssuedAt = issued, ExpiresAt = now + TimeSpan.FromHours(-1) })
                    );
                    break;
                case Misbehaviour.Forged:
                    using (PrivateKey nobody = QuorumFounding.DrawKey(random))
                        yield return (who.Name, Sign(request, wanted, nobody, now, random, a => a));
                    yield return (who.Name, Bent(a => a with { Role = QuorumFounding.IdleRole }));
                    // In the name of another approver, with a signature of one's own.
                    if (request.Approvers.FirstOrDefault(a => a.Key != who.Key.PublicKey.Id) is { } other)
                        yield return (other.Name, Bent(a => a with { Key = other.Key }));
                    break;
                case Misbehaviour.Tokens:
                    yield return (who.Name, fair);
                    break;
                case Misbehaviour.Other:
                    if (before is not null)
                        yield return (who.Name, before with { Proposal = wanted.Index });
                    before = fair;
                    break;
                default:
                    foreach (string name in who.Everybody)
                        yield return (name, fair);
                    break;
            }
        }
    }

    private static ApprovalRecorded Sign(
        ApprovalRequest request,
        RequestedProposal wanted,
        PrivateKey key,
        UtcTime now,
        RandomSource random,
        Func<Approval, Approval> change
    )
    {
        byte[] nonce = new byte[EntryBody.NonceBytes];
        random(nonce);
        EntryBody body = wanted.Proposal.Body;
        Approval approval = change(
            new Approval
            {
                Key = key.PublicKey.Id,
                Role = QuorumFounding.Role,
                Approves = true,
                Gov = request.Gov,
                IssuedAt = now,
                ExpiresAt = body.ExpiresAt,
                Nonce = Convert.ToBase64String(nonce),
            }
        );
        byte[] signature = key.Sign(approval.SignedBytes(request.Ledger, body.DigestIn(request.Ledger)));
        return new ApprovalRecorded(wanted.Index, approval with { Signature = Convert.ToBase64String(signature) });
    }
}
