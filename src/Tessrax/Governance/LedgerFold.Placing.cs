using Tessrax.Canonical;
using Tessrax.Ledger;

namespace Tessrax.Governance;

// Users' own events on their way into the ledger: judged and folded in without a receipt.
public sealed partial class LedgerFold
{
    /// <summary>The entry that a nonce is kept for, or null.</summary>
    /// <param name="by">Who vouches.</param>
    /// <param name="nonce">The 16 bytes as a number, the first one the highest.</param>
    public long? FindNonce(Voucher by, UInt128 nonce) => nonces.Find(ScopedNonce.Of(by, nonce));

    /// <summary>The entry that a nonce is kept for, by that key or by one whose place it took: whoever tries again after a rotation appends nothing twice.
    /// Null if there is none.</summary>
    public long? FindRepeat(Voucher by, UInt128 nonce)
    {
        long? own = FindNonce(by, nonce);
        if (own is not null || State.Key(by.Key) is not { } key)
            return own;
        // Asked for every append that may be a repeat.
        for (int i = 0; i < State.Keys.Count; i++)
        {
            LedgerKey before = State.Keys[i];
            // A rotation keeps the name.
            bool isBefore = before.Purpose == key.Purpose && before.Ending is not null && before.Name == key.Name;
            if (isBefore && FindNonce(by with { Key = before.Id }, nonce) is { } index)
                return index;
        }
        return null;
    }

    /// <inheritdoc cref="FindRepeat(Voucher, UInt128)"/>
    /// <exception cref="TessraxException">TSX1009: not 16 bytes in base64.</exception>
    public long? FindRepeat(Voucher by, string nonce) => FindRepeat(by, ScopedNonce.Of(by, nonce).Nonce);

    /// <summary>The first rule that a user's own event breaks as the next entry, or null. Changes nothing.</summary>
    /// <param name="entry">Its body and payload were judged when it was accepted, by the present keys; what is left is its place.</param>
    public Refusal? JudgeOwn(in OwnEntry entry)
    {
        if (State.HasEnded)
            return Ended(Size);
        if (entry.RecordedAt < LastRecordedAt)
            return BackInTime(Size, entry.RecordedAt);
        if (FindNonce(entry.By, entry.Nonce) is { } used)
            return NonceUsed(Size, used);
        return State.IsInWindow(entry.IssuedAt, entry.ExpiresAt, entry.RecordedAt)
            ? null
            : EntryRules.JudgeWindow(
                entry.IssuedAt,
                entry.ExpiresAt,
                entry.RecordedAt,
                State,
                $"the body of entry {Size}"
            );
    }

    /// <summary>Folds in a user's own event that was judged: what <see cref="Apply"/> does with its receipt.</summary>
    /// <param name="entry">What was judged.</param>
    /// <param name="name">The event.</param>
    public void ApplyOwn(in OwnEntry entry, string name)
    {
        fields?.AddOwn(Size, name, entry.By.Key);
        nonces.Add(ScopedNonce.Of(entry.By, entry.Nonce), Size, Kept(entry.ExpiresAt), inContent: false);
        nonces.Forget(entry.RecordedAt);
        LastRecordedAt = entry.RecordedAt;
        Size++;
    }

    private Refusal Ended(long index) =>
        State.Retired is { } retired
            ? new Refusal(
                Aspect.Governance,
                ErrorCodes.LedgerRetired,
                $"the ledger was retired by entry {retired.At}, so nothing can stand at {index}: {retired.Reason}"
            )
            : new Refusal(
                Aspect.Governance,
                ErrorCodes.LedgerClosed,
                $"the ledger is closed, so nothing can stand at {index}: it goes on as {State.Successor}"
            );

    private static Refusal BackInTime(long index, UtcTime recordedAt) =>
        new(
            Aspect.Time,
            ErrorCodes.TimeBroken,
            $"entry {index} was recorded at {recordedAt}, before the entry in front of it"
        );

    private static Refusal NonceUsed(long index, long before) =>
        new(Aspect.Time, ErrorCodes.NonceReused, $"entry {index} uses the nonce of entry {before} again");
}

/// <summary>What the fold needs to know of a user's own event that is to be recorded.</summary>
/// <param name="By">Who vouches for its body.</param>
/// <param name="Nonce">The 16 bytes of its nonce as a number, the first one the highest.</param>
/// <param name="IssuedAt">The body's.</param>
/// <param name="ExpiresAt">The body's.</param>
/// <param name="RecordedAt">The entry's.</param>
public readonly record struct OwnEntry(
    Voucher By,
    UInt128 Nonce,
    UtcTime IssuedAt,
    UtcTime ExpiresAt,
    UtcTime RecordedAt
);
