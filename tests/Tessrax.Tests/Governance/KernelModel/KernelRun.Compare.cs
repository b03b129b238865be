using Tessrax.Governance;
using Tessrax.Keys;

namespace Tessrax.Tests.Governance.KernelModel;

// What the two hold, and what they say is to be done next.
internal sealed partial class KernelRun
{
    private void Compare()
    {
        LedgerFold fold = client.Fold;
        Same("size", fold.Size, reference.Size);
        Same("policy", fold.State.Policy!.Version, reference.Policy.Version);
        Same("control events", fold.State.Count, reference.State);
        Same("open", string.Join(' ', fold.Proposals.Keys), string.Join(' ', reference.Open.Select(p => p.Index)));
        Same(
            "active keys",
            string.Join(
                ' ',
                fold.State.Keys.Where(k => k.IsActive && k.Purpose != KeyPurpose.Log)
                    .Select(k => $"{k.Id} {string.Join(',', k.Roles)}")
            ),
            string.Join(
                ' ',
                reference
                    .Keys.Where(k => k.IsActive)
                    .Select(k => (KernelClient.KeyOf(k.Slot).PublicKey.Id, k.Roles))
                    .OrderBy(k => k.Id)
                    .Select(k => $"{k.Id} {string.Join(',', k.Roles)}")
            )
        );
        foreach (ModelProposal proposal in reference.Open)
        {
            OpenProposal open = fold.Proposals[proposal.Index];
            Same($"votes on {open.Index}", open.Votes.Count, proposal.Votes.Count);
            Same(
                $"conclusion of {open.Index}",
                Text(Kernel.Conclude(fold, open, reference.Now)),
                reference.Conclusion(proposal)
            );
        }
        Same(
            "ended",
            string.Join(' ', Kernel.Ended(fold, reference.Now).Select(e => $"{e.Proposal} {Text(e)}")),
            string.Join(
                ' ',
                reference
                    .Open.Select(p => (p.Index, End: End(p)))
                    .Where(e => e.End is not null)
                    .Select(e => $"{e.Index} {e.End}")
            )
        );
        for (int subject = 0; subject < 2; subject++)
            Same(
                $"what follows for subject {subject}",
                Text(Kernel.Settle(fold, KernelClient.GroupOf(subject), reference.Now).FirstOrDefault()),
                Follows(subject)
            );
    }

    private string? End(ModelProposal proposal)
    {
        if (reference.Now > proposal.Expires)
            return "expired";
        bool isOver = proposal.Control is null
            ? proposal.Policy != reference.Policy
            : !reference.Key(proposal.Author)!.IsActive;
        return isOver ? "superseded" : null;
    }

    private string? Follows(int subject)
    {
        ModelProposal? open = reference.Open.FirstOrDefault(p => p.Control is null && p.Subject == subject);
        string? end =
            open is null ? null
            : reference.IsOvertaken(open) ? "superseded"
            : reference.Conclusion(open);
        if (end is not null || reference.Contradiction(subject) is null)
            return end;
        if (!reference.IsTold(subject))
            return "tell";
        return open is null && !reference.IsSettled(subject) ? "decide" : null;
    }

    private static string? Text(IIntent? intent) =>
        intent switch
        {
            null => null,
            TellIntent => "tell",
            DecideIntent => "decide",
            RecordIntent => "record",
            CloseIntent close => $"{close.Outcome}".ToLowerInvariant(),
            _ => "?",
        };

    private void Same<T>(string what, T ledger, T expected)
    {
        if (!Equals(ledger, expected))
            throw Differ($"{what}: {ledger}", $"{expected}");
    }

    private KernelDisagreement Differ(string ledger, string expected) =>
        new($"after {doing}: the ledger says {ledger}; the reference says {expected}", 0);
}
