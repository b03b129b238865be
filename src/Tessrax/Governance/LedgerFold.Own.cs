using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Governance;

public sealed partial class LedgerFold
{
    // The state and the voucher that were found to fit last, and the number of the voucher's nonces: one key vouches for most of a ledger.
    private (GovernanceState State, Voucher By, int Nonces)? vouched;

    /// <summary>Folds in a user's own event as the next entry, if it keeps every rule that depends on the entries before it: index, state, time,
    /// window, voucher, nonce. The same as <see cref="Judge(Receipt, out object?)"/> and <see cref="Apply"/>, without an object for anything.</summary>
    /// <remarks>What can be said of the entry alone is the caller's to check: that its payload fits and is the one committed to, and that
    /// the author's signature or seal holds.</remarks>
    /// <param name="entry">The entry.</param>
    /// <param name="leaf">Its leaf, from which it was read.</param>
    /// <returns>False if it breaks a rule, or is no own event; nothing has changed then, and <see cref="Judge(Receipt, out object?)"/> says what it breaks.</returns>
    public bool TryApply(in ScannedEntry entry, ReadOnlySpan<byte> leaf)
    {
        if (
            !entry.IsOwn
            || isPart
            || Policy is { AsksOwnForTokens: true }
            || !IsNext(entry)
            || !IsVouchedFor(entry, out int key)
        )
            return false;
        if (!nonces.TryAdd(key, entry.Nonce, entry.Index, Kept(entry.ExpiresAt)))
            return false;
        TakeFields(entry, leaf);
        nonces.Forget(entry.RecordedAt);
        LastRecordedAt = entry.RecordedAt;
        Size = entry.Index + 1;
        return true;
    }

    /// <summary>Says that an entry is folded in soon. Changes nothing.</summary>
    internal void Expect(in ScannedEntry entry)
    {
        if (vouched is { } known)
            nonces.Expect(known.Nonces, entry.Nonce);
    }

    private bool IsNext(in ScannedEntry entry) =>
        entry.Index == Size
        && !State.HasEnded
        && entry.Ledger == State.Ledger
        && entry.Epoch == State.Epoch
        && entry.Gov == State.Reference
        && entry.RecordedAt >= LastRecordedAt
        && State.IsInWindow(entry.IssuedAt, entry.ExpiresAt, entry.RecordedAt);

    private bool IsVouchedFor(in ScannedEntry entry, out int nonceKey)
    {
        Voucher by = entry.By;
        nonceKey = 0;
        bool isSealed = entry.SealSize > 0;
        if (isSealed != (by.Kind == VoucherKind.Seal) || entry.IsSigned != (by.Kind != VoucherKind.Log))
            return false;
        if (vouched is not { } known || !ReferenceEquals(known.State, State) || known.By != by)
        {
            bool fits = by.Kind switch
            {
                VoucherKind.Log => State.LogKey?.Id == by.Key,
                _ => State.Active(by.Key, KeyPurpose.Author) is not null,
            };
            // In a stranger's ledger keys that are none of its own may have taken all the room.
            if (!fits || !nonces.TryReferenceTo(ScopedNonce.KindOf(by), by.Key, out int nonceNumber))
                return false;
            known = (State, by, nonceNumber);
            vouched = known;
        }
        nonceKey = known.Nonces;
        return true;
    }
}
