using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Verification.Search;

namespace Tessrax.Cli.Ledgers;

/// <summary>One receipt in full, for people.</summary>
/// <param name="ledger">The path of its ledger, as it was given.</param>
/// <param name="receipt">The receipt.</param>
/// <param name="size">How many entries the ledger has.</param>
/// <param name="leaf">The leaf's hash as text.</param>
/// <param name="names">Whose keys signed.</param>
internal sealed class EntryPage(string ledger, Receipt receipt, long size, string leaf, KeyNames names)
{
    private readonly object? record = receipt.Payload is { } payload
        ? EventPayloads.Read(receipt.Entry.Body.Event, payload.Root)
        : null;

    private Entry Entry => receipt.Entry;

    /// <summary>The page.</summary>
    /// <param name="erased">Who erased its payload; null if nobody did.</param>
    /// <param name="time">How a time is told.</param>
    /// <param name="proof">The audit path.</param>
    /// <param name="showProof">Whether its hashes are shown one by one.</param>
    public Page Make(ErasedNote? erased, Func<UtcTime, string> time, IReadOnlyList<Digest> proof, bool showProof)
    {
        Page page = new Page()
            .Line(
                new Cell($"entry {Entry.Index} of {size}: ", Tone.Strong),
                new Cell(Entry.Body.Event, Tones.Of(Entry.Body.Event))
            )
            .Line(ReceiptText.Summary(receipt));
        if (erased is not null)
            page.Line(Tone.Warn, erased.ToString());
        page.Blank().Facts([.. Facts(time, proof.Count)]);
        if (Entry.Approvals.Count > 0)
            page.Heading("approvals")
                .Grid(["WHO", "AS", "SAYS", "SIGNED"], Entry.Approvals.Select(approval => Row(approval, time)));
        string[] next = [.. Next()];
        if (next.Length > 0)
            page.Heading("go on with");
        foreach (string command in next)
            page.Command(command);
        if (showProof)
        {
            page.Heading($"proof, from the leaf to the root of {size} entries");
            foreach (Digest hash in proof)
                page.Indented(hash.ToHex());
        }
        if (receipt.Payload is { } payload)
            page.Heading("payload").Json(payload.Root);
        return page.Heading("entry").Json(Entry.ToJson());
    }

    private IEnumerable<(string, Cell)> Facts(Func<UtcTime, string> time, int proof)
    {
        yield return ("recorded", time(Entry.RecordedAt));
        yield return ("vouched for", Voucher());
        yield return ("key", Entry.Body.By.Key.ToString());
        if (record is ApprovalRecorded { Approval.Key: var voter })
            yield return ("verdict of", $"{names.NameOf(voter)} ({voter})");
        if (Entry.Body.Policy is { } policy)
            yield return ("policy", policy.ToString());
        yield return ("epoch", Entry.Epoch.ToString(CultureInfo.InvariantCulture));
        yield return ("leaf", leaf);
        yield return ("proof", $"{Counted.Of(proof, "hash")} to the root of {Counted.Of(size, "entry")}");
        string fields = string.Join(
            "  ",
            EntryFields
                .Of(Entry.Body, record)
                .Where(field => !field.IsOpen && field.Field != FieldId.Claim)
                .Select(field => $"{QueryFields.NameOf(field.Field)}:{field.Value}")
        );
        if (fields.Length > 0)
            yield return ("found by", fields);
    }

    private string Voucher() =>
        Entry.Body.By.Kind switch
        {
            VoucherKind.Log => "by the log alone",
            VoucherKind.Seal => $"by a seal of {names.NameOf(Entry.Body.By.Key)}",
            _ => $"by {names.NameOf(Entry.Body.By.Key)}",
        };

    private Cell[] Row(Approval approval, Func<UtcTime, string> time) =>
        [
            names.NameOf(approval.Key),
            approval.Role,
            approval.Approves ? new Cell("approves", Tone.Good) : new Cell("rejects", Tone.Bad),
            time(approval.IssuedAt),
        ];

    private IEnumerable<string> Next()
    {
        long? story = record switch
        {
            Decision or Proposal { Decision: not null } => Entry.Index,
            ApprovalRecorded vote => vote.Proposal,
            DecisionClosed closed => closed.Proposal,
            DecisionExecuted executed => executed.Decision,
            _ => null,
        };
        if (story is { } index)
            yield return ShellText.Of($"tessraxctl decisions {ledger} {index}");
        yield return ShellText.Of($"tessraxctl prove {ledger} {Entry.Index} -o entry-{Entry.Index}.tessrax.json");
    }
}
