using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>The content of KEY_REVOKED: a key may sign no more, and if somebody else had it, from when on that was so.</summary>
/// <remarks><code>{"cause":"compromised","key":"sha256:…","reason":"stolen laptop","suspect_from":412}</code></remarks>
/// <param name="Key">An author's or an approver's key; or one that the log had before, which can only be called compromised.</param>
/// <param name="Cause">Retired, lost or compromised.</param>
/// <param name="SuspectFrom">What it signed at this index or later is suspect; null unless it was compromised.</param>
/// <param name="Reason">Why: 1 to 500 characters, public for ever.</param>
public sealed record KeyRevoked(Digest Key, KeyEnd Cause, long? SuspectFrom, string Reason)
{
    private static readonly string[] Causes = ["retired", "lost", "compromised"];
    private static readonly KeyEnd[] Ends = [KeyEnd.Retired, KeyEnd.Lost, KeyEnd.Compromised];

    /// <summary>Reads the control member of a KEY_REVOKED body.</summary>
    /// <exception cref="TessraxException">TSX1006 to TSX1010: not of that form.</exception>
    public static KeyRevoked Read(EntryBody body)
    {
        ObjectReader reader = ControlText.ControlOf(body);
        KeyEnd cause = Ends[Array.IndexOf(Causes, reader.OneOf("cause", Causes))];
        bool isNull = reader.Required("suspect_from").Kind == JsonKind.Null;
        if (isNull != (cause != KeyEnd.Compromised))
            throw reader.Fault("suspect_from", "must be an index if the key was compromised, and otherwise null");
        var revoked = new KeyRevoked(
            reader.Digest("key"),
            cause,
            isNull ? null : reader.Integer("suspect_from"),
            ControlText.Reason(reader)
        );
        reader.End();
        return revoked;
    }

    /// <summary>The control member.</summary>
    public JsonValue ToControl() =>
        JsonValue.Object(
            ("key", Key.ToString()),
            ("cause", EnumWords.Of(Causes, Array.IndexOf(Ends, Cause), nameof(Cause))),
            ("suspect_from", SuspectFrom is { } index ? JsonValue.Number(index) : JsonValue.Null),
            ("reason", Reason)
        );

    internal GovernanceState Apply(GovernanceState state, ControlContext context)
    {
        LedgerKey key = state.Key(Key) ?? throw ErrorCodes.BadValue.Because($"the ledger does not know the key {Key}");
        if (key is { Purpose: KeyPurpose.Log, IsActive: true })
            throw ErrorCodes.BadValue.Because(
                $"{Key} is the key that the log signs with",
                "give it another one first: tessraxctl keys rotate DIR --purpose log"
            );
        KeyEnding ending = key.Ending is null ? EndActive(key, context) : EndAgain(key, key.Ending);
        GovernanceState next = KeyRules.With(state, [key with { Ending = ending }]);
        // Without an author nothing can be appended, and so nobody appointed.
        return next.ActiveKeys(KeyPurpose.Author).Any()
            ? next
            : throw ErrorCodes.TooFewHolders.Because($"{key.Name} is the last author; add another one first");
    }

    private KeyEnding EndActive(LedgerKey key, ControlContext context)
    {
        if (SuspectFrom is { } index && (index < key.From || index > context.Index))
            throw ErrorCodes.BadValue.Because(
                $"suspect_from must be from {key.From}, where the key of {key.Name} begins, to {context.Index}"
            );
        return new KeyEnding(context.Index + 1, Cause, SuspectFrom);
    }

    // What is found out later can only make more suspect.
    private KeyEnding EndAgain(LedgerKey key, KeyEnding ended)
    {
        if (SuspectFrom is not { } index)
            throw ErrorCodes.KeyEnded.Because(
                $"the key of {key.Name} ended at {ended.Until} already: {ended.CauseText}",
                "a key that ended can still be called compromised"
            );
        long below = ended.SuspectFrom ?? ended.Until;
        if (index < key.From || index >= below)
            throw ErrorCodes.BadValue.Because(
                $"suspect_from must be from {key.From}, where the key of {key.Name} begins, and below {below}"
            );
        return ended with { Cause = KeyEnd.Compromised, SuspectFrom = index };
    }
}
