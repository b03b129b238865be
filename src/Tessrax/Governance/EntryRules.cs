using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>What can be said of one entry from the governance state before it, whatever else is in the log.</summary>
/// <remarks>The writer asks before it appends, the verifier afterwards, of a whole ledger or of the few entries in a bundle.</remarks>
public static class EntryRules
{
    /// <summary>The first rule that the entry breaks, or null.</summary>
    /// <param name="receipt">The entry with its payload.</param>
    /// <param name="before">The governance state of the entries before it.</param>
    /// <param name="seals">Remembers seals that held, so that a batch is verified once; null to verify each on its own.</param>
    public static Refusal? Judge(Receipt receipt, GovernanceState before, VerifiedSeals? seals = null) =>
        Judge(receipt, before, seals, null);

    /// <summary>The same, with what is known of the author's signature already.</summary>
    internal static Refusal? Judge(
        Receipt receipt,
        GovernanceState before,
        VerifiedSeals? seals,
        CheckedSignature? signature
    )
    {
        Entry entry = receipt.Entry;
        return JudgeForm(entry)
            ?? JudgeLedger(entry.Body, before)
            ?? JudgeGovernance(entry, before)
            ?? JudgeWindow(
                entry.Body.IssuedAt,
                entry.Body.ExpiresAt,
                entry.RecordedAt,
                before,
                $"the body of entry {entry.Index}"
            )
            ?? JudgeVoucher(entry, before, seals, signature)
            ?? JudgeCommitment(receipt, before);
    }

    /// <summary>Whether a moment lies in the window of something signed, and the window is no longer than allowed.</summary>
    internal static Refusal? JudgeWindow(
        UtcTime issued,
        UtcTime expires,
        UtcTime now,
        GovernanceState state,
        string what
    )
    {
        Windows windows = state.Windows;
        if (state.IsInWindow(issued, expires, now))
            return null;
        if (expires < issued || expires - issued > TimeSpan.FromSeconds(windows.BodySeconds))
            return new Refusal(
                Aspect.Time,
                ErrorCodes.OutsideWindow,
                $"{what} is valid from {issued} to {expires}, which is not a window of at most {windows.BodySeconds} s"
            );
        if (state.TimeFloor is { } floor && issued < floor)
            return new Refusal(
                Aspect.Time,
                ErrorCodes.IssuedBeforeAdjustment,
                $"{what} was issued at {issued}, before the log's clock was adjusted to {floor}"
            );
        string when = now < issued ? $"was issued at {issued}, after {now}" : $"expired at {expires}, before {now}";
        return new Refusal(Aspect.Time, ErrorCodes.OutsideWindow, $"{what} {when}");
    }

    /// <summary>Whether the author's signature over a body holds, by a key that may author.</summary>
    internal static Refusal? JudgeAuthor(
        EntryBody body,
        string? signature,
        GovernanceState state,
        string what,
        CheckedSignature? known = null
    )
    {
        if (AuthorOf(body, state) is not { } key)
            return NoAuthor(body, state, what);
        if (signature is null || !Holds(body, signature, state.Ledger, key, known))
            return new Refusal(
                Aspect.Signature,
                ErrorCodes.SignatureBroken,
                $"the author's signature of {what} does not hold"
            );
        return null;
    }

    private static Refusal? JudgeSeal(Entry entry, GovernanceState state, VerifiedSeals seals)
    {
        EntryBody body = entry.Body;
        // A seal is signed without sight of what it covers; whoever changes the rules must have seen what they sign.
        if (Events.IsControl(body.Event))
            return new Refusal(
                Aspect.Signature,
                ErrorCodes.NotByThatKey,
                $"{body.Event} at {entry.Index} is sealed; a control event is signed on its own"
            );
        if (AuthorOf(body, state) is not { } key)
            return NoAuthor(body, state, $"entry {entry.Index}");
        return entry.Seal is { } seal && seals.Holds(seal, state.Ledger, body.DigestIn(state.Ledger), key)
            ? null
            : new Refusal(
                Aspect.Signature,
                ErrorCodes.SealBroken,
                $"the seal of entry {entry.Index} is not its author's signature of a batch that holds it"
            );
    }

    private static PublicKey? AuthorOf(EntryBody body, GovernanceState state) =>
        state.Active(body.By.Key, KeyPurpose.Author)?.Verifier.Key;

    private static Refusal NoAuthor(EntryBody body, GovernanceState state, string what) =>
        state.Key(body.By.Key) is { Ending: { } ending } key
        && key.Purpose == (body.By.Kind == VoucherKind.Log ? KeyPurpose.Log : KeyPurpose.Author)
            ? new Refusal(
                Aspect.Signature,
                ErrorCodes.KeyEnded,
                $"{what} is by {body.By.Key}, which ended at {ending.Until}: {ending.CauseText}"
            )
            : new Refusal(
                Aspect.Signature,
                ErrorCodes.NotByThatKey,
                $"{what} is by {body.By.Key}, which is no author of this ledger"
            );

    /// <summary>What every body that is put up for approval must keep: a fresh nonce, its author's signature, its window.</summary>
    internal static Refusal? JudgeProposed(Entry entry, Proposal proposal, LedgerFold fold, string what)
    {
        EntryBody body = proposal.Body;
        if (body.By.Kind != VoucherKind.Author)
            return new Refusal(
                Aspect.Signature,
                ErrorCodes.NotByThatKey,
                $"{what} is not signed by an author on its own"
            );
        if (fold.FindNonce(body) is not null || ScopedNonce.Of(body) == ScopedNonce.Of(entry.Body))
            return new Refusal(Aspect.Time, ErrorCodes.NonceReused, $"{what} uses a nonce again");
        return JudgeAuthor(body, proposal.Signature, fold.State, what)
            ?? JudgeWindow(body.IssuedAt, body.ExpiresAt, entry.RecordedAt, fold.State, what);
    }

    private static bool Holds(
        EntryBody body,
        string signature,
        Digest ledger,
        PublicKey key,
        CheckedSignature? known
    ) =>
        known is { } was && was.Ledger == ledger && was.Key == key
            ? was.Holds
            : key.VerifyText(body.SignedBytes(ledger), signature);

    private static Refusal? JudgeForm(Entry entry)
    {
        EntryBody body = entry.Body;
        if (!Events.IsKnown(body.Event))
            return Form($"entry {entry.Index} has the event {body.Event}, which this version does not know");
        bool control = Events.IsControl(body.Event);
        if (control != body.Control is not null || control == body.Payload is not null)
            return Form(
                $"entry {entry.Index} must have {(control ? "control and no payload" : "a payload and no control")}"
            );
        // What no reader would take must not get in: a text that is decoded kindly here is refused there.
        if (entry.Signature is not null && entry.Seal is not null)
            return Form($"entry {entry.Index} is signed and sealed; there is room for one");
        if (
            !Base64Text.Holds(body.Nonce, EntryBody.NonceBytes)
            || (entry.Signature ?? entry.Seal?.Signature) is { } sig && !Base64Text.Holds(sig, PublicKey.SignatureSize)
        )
            return Form($"entry {entry.Index} has a nonce or a signature that is not base64 in its one spelling");
        if (entry.Approvals.Count > 0 && !Events.TakesApprovals(body.Event))
            return Form($"entry {entry.Index} carries approvals, which {body.Event} does not take");
        bool needsPolicy =
            body.Event is Events.ContradictionDetected or Events.DecisionProposed or Events.DecisionRecorded;
        return needsPolicy == body.Policy is not null
            ? null
            : Form($"entry {entry.Index} must {(needsPolicy ? "" : "not ")}name a policy");

        static Refusal Form(string message) => new(Aspect.Entry, ErrorCodes.EntryMalformed, message);
    }

    private static Refusal? JudgeLedger(EntryBody body, GovernanceState before)
    {
        bool genesis = body.Event == Events.LedgerCreated;
        bool matches = genesis
            ? SignedBytes.LedgerIdOf(body.ToJson()) == before.Ledger
            : body.Ledger == before.Ledger.ToString();
        return matches
            ? null
            : new Refusal(
                Aspect.Entry,
                ErrorCodes.WrongLedger,
                $"the body is for the ledger {body.Ledger}, not {before.Ledger}"
            );
    }

    private static Refusal? JudgeGovernance(Entry entry, GovernanceState before)
    {
        if (entry.Gov != before.Reference || entry.Epoch != before.Epoch)
        {
            string message =
                $"entry {entry.Index} names the governance state {entry.Gov.Count} {entry.Gov.Digest}, but the control events before it give {before.Count} {before.Digest}";
            return new Refusal(Aspect.Governance, ErrorCodes.StateBroken, message);
        }
        if (entry.Body.Policy is { } pin && pin != before.Policy)
            return new Refusal(
                Aspect.Governance,
                ErrorCodes.PolicyDiffers,
                $"entry {entry.Index} names the policy {pin.Id} {pin.Version} {pin.Digest}, which was not in force"
            );
        return null;
    }

    private static Refusal? JudgeVoucher(
        Entry entry,
        GovernanceState before,
        VerifiedSeals? seals,
        CheckedSignature? known
    )
    {
        EntryBody body = entry.Body;
        GovernanceState state = before;
        if (body.Event is Events.LedgerCreated or Events.KeyRecovered)
        {
            // Both are signed by an author that they name themselves. The ledger id, which commits to genesis, is what others trust; the
            // other one holds by the recovery key's signature or not at all.
            try
            {
                state = before.ReadControl(body, new ControlContext(entry.Index, entry.RecordedAt));
            }
            catch (TessraxException e)
            {
                Aspect aspect = e.Code == ErrorCodes.RecoveryRefused ? Aspect.Signature : Aspect.Entry;
                return new Refusal(aspect, e.Code, e.Message);
            }
        }
        if (body.By.Kind == VoucherKind.Author)
            return JudgeAuthor(body, entry.Signature, state, $"entry {entry.Index}", known);
        if (body.By.Kind == VoucherKind.Seal)
            return JudgeSeal(entry, state, seals ?? new VerifiedSeals());
        if (before.Key(body.By.Key) is { Purpose: KeyPurpose.Log, Ending: not null })
            return NoAuthor(body, before, $"entry {entry.Index}");
        if (entry.Signature is not null || entry.Seal is not null || body.By.Key != before.LogKey?.Id)
            return new Refusal(
                Aspect.Signature,
                ErrorCodes.NotByThatKey,
                $"entry {entry.Index} is attested by a key that is not the log's, or carries a signature nobody asked for"
            );
        // A stolen log key alone must decide nothing.
        return Events.MayBeAttested(body.Event)
            ? null
            : new Refusal(
                Aspect.Signature,
                ErrorCodes.NotByThatKey,
                $"{body.Event} at {entry.Index} must be signed by an author, not attested by the log"
            );
    }

    // Whether what is missing was erased rightly is said by a later entry.
    private static Refusal? JudgeCommitment(Receipt receipt, GovernanceState before) =>
        receipt.IsErased || receipt.PayloadMatches(before.Ledger)
            ? null
            : new Refusal(
                Aspect.Commitment,
                ErrorCodes.CommitmentBroken,
                $"the payload of entry {receipt.Entry.Index} is not the one that its leaf commits to"
            );
}
