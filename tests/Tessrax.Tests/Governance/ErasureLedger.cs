using System.Text;
using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Tests.Governance;

/// <summary>What the tests of erasure do with a ledger in memory: erase with and without approvals, drop payloads, tell folds apart.</summary>
internal static class ErasureLedger
{
    public const string Reason = "a request";

    /// <summary>A ledger without approvers, where the author's signature is enough for control events.</summary>
    public static FoldLedger Alone() =>
        new(found: genesis =>
            genesis with
            {
                Keys = [.. genesis.Keys.Where(k => k.Purpose != Tessrax.Keys.KeyPurpose.Approver)],
            }
        );

    /// <summary>What erasing an entry takes with it.</summary>
    public static PayloadErased Plan(this FoldLedger ledger, params long[] asked)
    {
        IEnumerable<Digest> about = asked
            .Select(index => ledger.Receipts[(int)index])
            .Select(r => ErasurePlan.ContradictionOf(EventPayloads.Read(r.Entry.Body.Event, r.Payload!.Root)))
            .OfType<Digest>();
        var plan = new ErasurePlan(ledger.Id, asked, about);
        foreach (Receipt receipt in ledger.Receipts)
            plan.Add(receipt);
        return new PayloadErased(plan.Entries, Reason);
    }

    /// <summary>Records a control event, by its author alone or with the approvals of the default rule.</summary>
    public static Receipt Govern(this FoldLedger ledger, string name, JsonValue control)
    {
        if (ledger.Fold.RequiredOf(name).Count == 0)
            return ledger.Add(ledger.Control(name, control));
        long proposal = ledger.Add(ledger.ProposeControl(name, control)).Entry.Index;
        Approval[] votes =
        [
            .. new[] { 1, 2, 3 }.Select(k => ledger.AddVote(proposal, k)),
            ledger.AddVote(proposal, 5, "legal"),
        ];
        return ledger.Add(ledger.RecordedControl(proposal, votes));
    }

    /// <summary>The entries as whoever erased some payloads keeps them.</summary>
    public static List<Receipt> Without(this FoldLedger ledger, Func<Entry, bool> erased) =>
        [.. ledger.Receipts.Select(r => r.Entry.Body.Payload is not null && erased(r.Entry) ? r.Erase() : r)];

    /// <summary>The entries after every erasure on record was carried out.</summary>
    public static List<Receipt> Carried(this FoldLedger ledger) =>
        ledger.Without(entry => ledger.Fold.Erasures.ErasedAt(entry) is not null);

    /// <summary>All that later entries can be judged by, as text: claims in their order, what was told and settled, proposals, holds, live nonces.</summary>
    public static string Describe(LedgerFold fold, FoldLedger ledger)
    {
        var text = new StringBuilder($"{fold.Size} {fold.LastRecordedAt} {fold.State.Digest}\n");
        foreach (GroupKey key in fold.Claims.Keys.Order())
        {
            text.Append($"{key}:");
            foreach (Claim claim in fold.Claims.Claims(key))
                text.Append($" {claim.ClaimId}@{fold.Claims.EntryOf(claim.ClaimId)}");
            text.Append('\n');
        }
        foreach (Receipt receipt in ledger.Receipts.Where(r => r.Entry.Index < fold.Size))
            Describe(receipt, fold, text);
        foreach ((long index, OpenProposal open) in fold.Proposals)
            text.Append($"open {index} {open.BodyDigest} {string.Join(' ', open.Votes.Select(v => v.Nonce))}\n");
        foreach (Hold hold in fold.Erasures.Holds)
            text.Append($"{hold}\n");
        if (fold.KnowsState)
            text.Append(fold.ExportState().Digest);
        return text.ToString();
    }

    private static void Describe(Receipt receipt, LedgerFold fold, StringBuilder text)
    {
        text.Append(
            $"{receipt.Entry.Index} {fold.FindNonce(receipt.Entry.Body)} {fold.Erasures.ErasedAt(receipt.Entry)}"
        );
        if (receipt.Payload is null)
        {
            text.Append('\n');
            return;
        }
        switch (EventPayloads.Read(receipt.Entry.Body.Event, receipt.Payload.Root))
        {
            case Contradiction contradiction:
                text.Append($" told {fold.DetectedAt(contradiction.Id)} settled {fold.SettlementOf(contradiction)}");
                break;
            case Proposal proposal:
                text.Append($" proposed {fold.FindNonce(proposal.Body)}");
                break;
            case ApprovalRecorded vote:
                text.Append($" voted {fold.IsUsed(vote.Approval)}");
                break;
        }
        text.Append('\n');
    }
}
