using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>The content of KEY_REAFFIRMED: entries that a compromised key signed, and that stand all the same.</summary>
/// <remarks><code>{"entries":[[412,430]],"key":"sha256:…","reason":"checked with alice one by one"}</code> It changes no rules and no state: a verifier
/// calls these entries suspect no more on account of this key.</remarks>
/// <param name="Key">A key that was compromised.</param>
/// <param name="Entries">The entries, from where the key is suspect, and before this one; at least one, at most 512 ranges.</param>
/// <param name="Reason">Why: 1 to 500 characters, public for ever.</param>
public sealed record KeyReaffirmed(Digest Key, IndexRanges Entries, string Reason)
{
    /// <summary>The most ranges in one event.</summary>
    public const int MaxRanges = 512;

    /// <summary>Reads the control member of a KEY_REAFFIRMED body.</summary>
    /// <exception cref="TessraxException">TSX1006 to TSX1010: not of that form.</exception>
    public static KeyReaffirmed Read(EntryBody body)
    {
        ObjectReader reader = ControlText.ControlOf(body);
        var reaffirmed = new KeyReaffirmed(
            reader.Digest("key"),
            IndexRanges.Read(reader, "entries", MaxRanges),
            ControlText.Reason(reader)
        );
        if (reaffirmed.Entries.Ranges.Count == 0)
            throw reader.Fault("entries", "must name at least one entry");
        reader.End();
        return reaffirmed;
    }

    /// <summary>The control member.</summary>
    public JsonValue ToControl() =>
        JsonValue.Object(("key", Key.ToString()), ("entries", Entries.ToJson()), ("reason", Reason));

    /// <summary>The state as it is, if there is something to reaffirm.</summary>
    internal GovernanceState Judge(GovernanceState state, ControlContext context)
    {
        if (state.Key(Key)?.Ending?.SuspectFrom is not { } suspect)
            throw ErrorCodes.BadValue.Because($"the key {Key} is not known to be compromised");
        (long first, long last) = (Entries.Ranges[0].From, Entries.Ranges[^1].To);
        return first >= suspect && last < context.Index
            ? state
            : throw ErrorCodes.BadValue.Because(
                $"entries must be from {suspect}, where the key becomes suspect, to {context.Index - 1}"
            );
    }
}
