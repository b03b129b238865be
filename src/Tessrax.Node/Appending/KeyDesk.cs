using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Node.Appending;

/// <summary>What became of a wish that governs: it is on record, or waits for approvals.</summary>
/// <param name="Entry">The control event; or, if it is not recorded, the proposal's index.</param>
/// <param name="IsRecorded">Whether it is on record.</param>
public sealed record GovernOutcome(long Entry, bool IsRecorded);

/// <summary>Lets keys come and go: proposes where approvals are needed, records where none are, and goes on with what it finds waiting.</summary>
public sealed class KeyDesk(LedgerWriter writer)
{
    /// <summary>How long a proposal waits for approvals, unless the policy or the ledger's windows say less.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromDays(30);

    private readonly ProposalDesk proposals = new(writer);

    /// <summary>Adds the author whose key is offered.</summary>
    /// <exception cref="TessraxException">TSX4005: offered to another ledger; TSX4024: another addition of that key waits; TSX1009, TSX4040: it does not fit.</exception>
    public GovernOutcome Add(KeyOffer offer, string reason)
    {
        Require(writer.Directory.Id, offer, isReplacement: false);
        return Govern(Events.KeyAdded, new KeyAdded(offer.Key, offer.Proof, reason).ToControl());
    }

    /// <summary>Gives a key's place to the one that is offered for it.</summary>
    /// <exception cref="TessraxException">TSX4005: offered to another ledger; TSX4024: another rotation of that key waits; TSX1009, TSX4039, TSX4040: it does not fit.</exception>
    public GovernOutcome Rotate(KeyOffer offer, string reason)
    {
        Require(writer.Directory.Id, offer, isReplacement: true);
        var rotated = new KeyRotated(offer.Replaces!.Value, offer.Key, offer.OldSignature!, offer.Proof, reason);
        return Govern(Events.KeyRotated, rotated.ToControl());
    }

    /// <summary>Ends a key.</summary>
    /// <exception cref="TessraxException">TSX4024: another revocation of that key waits; TSX1009, TSX4036, TSX4039: it does not fit.</exception>
    public GovernOutcome Revoke(KeyRevoked revoked)
    {
        ArgumentNullException.ThrowIfNull(revoked);
        return Govern(Events.KeyRevoked, revoked.ToControl());
    }

    /// <summary>Lets entries stand that a compromised key signed.</summary>
    /// <exception cref="TessraxException">TSX4024: another reaffirmation for that key waits; TSX1009: it does not fit.</exception>
    public GovernOutcome Reaffirm(KeyReaffirmed reaffirmed)
    {
        ArgumentNullException.ThrowIfNull(reaffirmed);
        return Govern(Events.KeyReaffirmed, reaffirmed.ToControl());
    }

    /// <summary>Changes who the approvers are.</summary>
    /// <param name="add">Offers of those who join.</param>
    /// <param name="remove">Keys of those who leave.</param>
    /// <param name="roles">Who has other roles.</param>
    /// <param name="reason">Why; public for ever.</param>
    /// <exception cref="TessraxException">TSX4005: offered to another ledger; TSX4024: another change waits; TSX1009, TSX4036, TSX4039, TSX4040: it does not fit.</exception>
    public GovernOutcome Change(
        IEnumerable<KeyOffer> add,
        IEnumerable<Digest> remove,
        IEnumerable<ChangedRoles> roles,
        string reason
    )
    {
        return Govern(Events.ApproversChanged, ToChange(writer.Directory.Id, add, remove, roles, reason).ToControl());
    }

    /// <summary>A change of who the approvers are, to be asked for: here, or of a server.</summary>
    /// <param name="ledger">The ledger's id.</param>
    /// <param name="add">Offers of those who join.</param>
    /// <param name="remove">Keys of those who leave.</param>
    /// <param name="roles">Who has other roles.</param>
    /// <param name="reason">Why; public for ever.</param>
    /// <exception cref="TessraxException">TSX4005: offered to another ledger; TSX1009: offered in another key's place.</exception>
    public static ApproversChanged ToChange(
        Digest ledger,
        IEnumerable<KeyOffer> add,
        IEnumerable<Digest> remove,
        IEnumerable<ChangedRoles> roles,
        string reason
    )
    {
        ArgumentNullException.ThrowIfNull(add);
        ArgumentNullException.ThrowIfNull(remove);
        ArgumentNullException.ThrowIfNull(roles);
        KeyOffer[] offers = [.. add];
        foreach (KeyOffer offer in offers)
            Require(ledger, offer, isReplacement: false);
        return new ApproversChanged(
            [.. offers.OrderBy(o => o.Key.Id).Select(o => new NewApprover(o.Key, o.Proof))],
            [.. remove.Order()],
            [.. roles.OrderBy(r => r.Key)],
            reason
        );
    }

    /// <summary>Lets an approver speak for another one.</summary>
    /// <param name="delegation">Who, for whom, about what, until when.</param>
    /// <param name="signer">Signs with the key of whoever delegates.</param>
    /// <param name="reason">Why; public for ever.</param>
    /// <exception cref="TessraxException">TSX4024: another one of the same waits; TSX4006, TSX4038, TSX4039: it does not fit.</exception>
    public GovernOutcome Delegate(Delegation delegation, Signer signer, string reason)
    {
        return Govern(
            Events.ApproversDelegated,
            ToDelegate(writer.Directory.Id, delegation, signer, reason).ToControl()
        );
    }

    /// <summary>A delegation, signed, to be asked for: here, or of a server.</summary>
    /// <param name="ledger">The ledger's id.</param>
    /// <param name="delegation">Who, for whom, about what, until when.</param>
    /// <param name="signer">Signs with the key of whoever delegates.</param>
    /// <param name="reason">Why; public for ever.</param>
    public static ApproversDelegated ToDelegate(Digest ledger, Delegation delegation, Signer signer, string reason)
    {
        ArgumentNullException.ThrowIfNull(delegation);
        ArgumentNullException.ThrowIfNull(signer);
        string signature = Convert.ToBase64String(signer(delegation.ToSignedBytes(ledger)));
        return new ApproversDelegated(delegation, signature, reason);
    }

    /// <summary>Gives the place of the writer's own author key to a new one. Once that is recorded, the writer can append nothing more: open the ledger with the new key.</summary>
    /// <param name="fresh">The new key; the caller keeps it, in a file that is durable before this is called.</param>
    /// <param name="vkeyName">The name in the new key's vkey.</param>
    /// <param name="reason">Why; public for ever.</param>
    /// <exception cref="TessraxException">As <see cref="Rotate(KeyOffer, string)"/>.</exception>
    public GovernOutcome RotateAuthor(PrivateKey fresh, string vkeyName, string reason)
    {
        ArgumentNullException.ThrowIfNull(fresh);
        return Rotate(writer.Keys.Author, fresh, vkeyName, reason);
    }

    /// <summary>Gives the place of the log's key to a new one. From the batch on that records it, the new key signs; until the rotation is finished, the old one signs beside it.</summary>
    /// <param name="fresh">The new key, which is the writer's from here on; the caller keeps it in a file that is durable before this is called.</param>
    /// <param name="reason">Why; public for ever.</param>
    /// <exception cref="TessraxException">As <see cref="Rotate(KeyOffer, string)"/>.</exception>
    public GovernOutcome RotateLog(PrivateKey fresh, string reason)
    {
        ArgumentNullException.ThrowIfNull(fresh);
        writer.Expect(fresh);
        return Rotate(writer.Keys.Log, fresh, writer.Directory.Origin, reason);
    }

    /// <summary>The key that the writer signs entries with.</summary>
    public Digest AuthorKey => writer.Keys.Author.PublicKey.Id;

    /// <summary>The key that the writer signs checkpoints with.</summary>
    public Digest LogKey => writer.Keys.Log.PublicKey.Id;

    /// <summary>How many verdicts on open proposals count now, and would count no more once a key has come or gone.</summary>
    public int VerdictsThatLapse =>
        writer.Fold.Proposals.Values.Sum(p => p.VotesAt(writer.Now(), writer.Fold.State).Count);

    /// <summary>The rotation of a key that waits for approvals, or null.</summary>
    public OpenProposal? WaitingRotation(Digest old) =>
        writer.Fold.Proposals.Values.FirstOrDefault(p =>
            p.Proposal.Body.Event == Events.KeyRotated && KeyRotated.Read(p.Proposal.Body).Old == old
        );

    private GovernOutcome Rotate(PrivateKey old, PrivateKey fresh, string vkeyName, string reason)
    {
        KeyContent key = KeyContent.Of(writer.Fold.State.Key(old.PublicKey.Id)!) with
        {
            Verifier = VerifierKey.Create(vkeyName, fresh.PublicKey),
        };
        var offer = KeyOffer.Make(
            writer.Directory.Id,
            key,
            message => fresh.Sign(message),
            old.PublicKey.Id,
            message => old.Sign(message)
        );
        return Rotate(offer, reason);
    }

    private GovernOutcome Govern(string name, JsonValue control) => proposals.Ask(name, control, Validity);

    private static void Require(Digest ledger, KeyOffer offer, bool isReplacement)
    {
        ArgumentNullException.ThrowIfNull(offer);
        if (offer.Ledger != ledger)
            throw ErrorCodes.WrongLedger.Because(
                $"the key {offer.Key.Id} is offered to the ledger {offer.Ledger}, not to {ledger}",
                "offer it again: tessraxctl keys offer FILE --ledger ID"
            );
        if (isReplacement != offer.Replaces is not null)
            throw ErrorCodes.BadValue.Because(
                isReplacement
                    ? $"the key {offer.Key.Id} is offered, but in no other's place"
                    : $"the key {offer.Key.Id} is offered in the place of {offer.Replaces}: that is a rotation"
            );
    }
}
