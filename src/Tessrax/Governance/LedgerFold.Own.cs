using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Governance;

public sealed partial class LedgerFold
{
    // The state and the voucher that were found to fit last: one key vouches for most of a ledger.
    private (GovernanceState State, Voucher By)? vouched;

    /// <summary>Folds in a user's own event as the next entry, if it keeps every rule that depends on the entries before it: index, state, time,
    /// window, voucher, nonce. The same as <see cref="Judge(Receipt, out object?)"/> and <see cref="Apply"/>, without an object for anything.</summary>
    /// <remarks>What can be said of the entry alone is the caller's to check: that its payload fits and is the one committed to, and that
    /// the author's signature holds.</remarks>
    /// <param name="entry">The entry.</param>
    /// <param name="body">Its body digest, as <see cref="EntryBody.DigestIn"/> gives it.</param>
    /// <returns>False if it breaks a rule, or is no own event; nothing has changed then, and <see cref="Judge(Receipt, out object?)"/> says what it breaks.</returns>
    public bool TryApply(in ScannedEntry entry, Digest body)
    {
        if (!entry.IsOwn || isPart || !IsNext(entry) || !IsVouchedFor(entry))
            return false;
        NonceBook.Scope scope = NonceBook.ScopeOf(entry.By, entry.NonceText);
        if (nonces.Find(scope, default) is not null)
            return false;
        nonces.Add(scope, entry.Index, body, Kept(entry.ExpiresAt));
        nonces.Forget(entry.RecordedAt);
        LastRecordedAt = entry.RecordedAt;
        Size = entry.Index + 1;
        return true;
    }

    private bool IsNext(in ScannedEntry entry) =>
        entry.Index == Size
        && State.Successor is null
        && entry.Ledger == State.Ledger
        && entry.Epoch == State.Epoch
        && entry.Gov == State.Reference
        && entry.RecordedAt >= LastRecordedAt
        && State.Windows.Hold(entry.IssuedAt, entry.ExpiresAt, entry.RecordedAt);

    private bool IsVouchedFor(in ScannedEntry entry)
    {
        if (entry.IsSigned != (entry.By.Kind == VoucherKind.Author))
            return false;
        if (vouched is { } known && ReferenceEquals(known.State, State) && known.By == entry.By)
            return true;
        bool fits =
            entry.By.Kind == VoucherKind.Author
                ? State.Key(entry.By.Key) is { Purpose: KeyPurpose.Author }
                : State.LogKey?.Id == entry.By.Key;
        if (fits)
            vouched = (State, entry.By);
        return fits;
    }
}
