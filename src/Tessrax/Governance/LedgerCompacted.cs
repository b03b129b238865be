using Tessrax.Canonical;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>The content of LEDGER_COMPACTED: of a run of old entries, all payloads are gone, or go now, but for those that are kept.</summary>
/// <remarks><code>{"from":0,"keep_epochs":2,"kept":[[3,3],[7,12]],"reason":"retention","to":65536}</code>
/// All of it is public for ever, the reason too.</remarks>
/// <param name="From">The first entry.</param>
/// <param name="To">One more than the last entry.</param>
/// <param name="Kept">Entries between them whose payloads stay: under a hold, still counting, or part of what governs.</param>
/// <param name="KeepEpochs">How many closed epochs were to stay whole; that the run ends before them is what approvers look at.</param>
/// <param name="Reason">Why: 1 to 500 characters.</param>
public sealed record LedgerCompacted(long From, long To, IndexRanges Kept, long KeepEpochs, string Reason)
{
    /// <summary>The most ranges that are kept: what fits into a body.</summary>
    public const int MaxKept = 1000;

    /// <summary>Whether an entry's payload goes, if it has one that may be erased.</summary>
    public bool Covers(long index) => From <= index && index < To && !Kept.Contains(index);

    /// <summary>Reads the control member of a LEDGER_COMPACTED body.</summary>
    /// <exception cref="TessraxException">TSX1006 to TSX1009: not of that form.</exception>
    public static LedgerCompacted Read(EntryBody body)
    {
        ObjectReader reader = ControlText.ControlOf(body);
        var compacted = new LedgerCompacted(
            reader.Integer("from"),
            reader.Integer("to", 1),
            IndexRanges.Read(reader, "kept", MaxKept),
            reader.Integer("keep_epochs"),
            ControlText.Reason(reader)
        );
        if (compacted.From >= compacted.To)
            throw reader.Fault("to", "must be after from");
        if (compacted.Kept.Ranges.Any(r => r.From < compacted.From || r.To >= compacted.To))
            throw reader.Fault("kept", "must lie between from and to");
        reader.End();
        return compacted;
    }

    /// <summary>The control member.</summary>
    public JsonValue ToControl() =>
        JsonValue.Object(
            ("from", From),
            ("to", To),
            ("kept", Kept.ToJson()),
            ("keep_epochs", KeepEpochs),
            ("reason", Reason)
        );
}
