using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>The rule of EPOCH_OPENED: its body is, to the byte, the one that the entries before it give.</summary>
/// <remarks>Of the root the fold knows nothing, so whoever has the tree compares it. Where entries were left out, as in a bundle, or lost
/// their payload, the folded state and the map of fields cannot be worked out again either: there their digests are the log's word.</remarks>
internal sealed class EpochRules(LedgerFold fold)
{
    public Refusal? Judge(Entry entry)
    {
        if (entry.Body.Event != Events.EpochOpened)
            return null;
        EpochOpened said;
        try
        {
            said = EpochOpened.Read(entry.Body, fold.State.Hasher);
        }
        catch (TessraxException e)
        {
            return new Refusal(Aspect.Entry, e.Code, $"EPOCH_OPENED at {entry.Index}: {e.Message}");
        }
        EpochOpened due = fold.NextEpoch(said.Root.Root) with
        {
            Root = said.Root with { Size = entry.Index },
            Index = fold.DueFields(said.Index),
        };
        if (!fold.KnowsState)
            due = due with { State = said.State };
        EntryBody body = due.ToBody(fold.State, entry.RecordedAt);
        return body.Canonical().SequenceEqual(entry.Body.Canonical())
            ? null
            : new Refusal(
                Aspect.Governance,
                ErrorCodes.EpochBroken,
                $"EPOCH_OPENED at {entry.Index} is not what the entries before it give: {Difference(said, due)} differs"
            );
    }

    private static string Difference(EpochOpened said, EpochOpened due)
    {
        if (said.Epoch != due.Epoch)
            return "its number";
        if (said.Root.Size != due.Root.Size)
            return "its size";
        if (said.Gov != due.Gov)
            return "the governance state";
        if (said.Policy != due.Policy)
            return "the policy";
        if (said.Keys != due.Keys)
            return "the set of keys";
        if (said.Before != due.Before)
            return "the epoch before";
        if (said.Index != due.Index)
            return "the map of fields";
        return said.State != due.State ? "the folded state" : "its window or its nonce";
    }
}
