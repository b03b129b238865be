using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Governance;

public sealed partial class LedgerFold
{
    // An epoch is exported, made and judged at one size.
    private (long Size, FoldState State)? exported;

    /// <summary>All that the entries so far add up to, in parts. Not before genesis, and only if <see cref="KnowsState"/>.</summary>
    /// <exception cref="InvalidOperationException">Entries were left out, so nobody can know it.</exception>
    public FoldState ExportState()
    {
        if (!KnowsState)
            throw new InvalidOperationException("entries were left out, so what they add up to is not known");
        if (exported is { } known && known.Size == Size)
            return known.State;
        exported = (Size, Export());
        return exported.Value.State;
    }

    /// <summary>What an EPOCH_OPENED as the next entry says; its <see cref="EpochOpened.State"/> is zero unless <see cref="KnowsState"/>, its
    /// <see cref="EpochOpened.Index"/> null unless <see cref="KnowsFields"/>. Not before genesis.</summary>
    /// <param name="root">The root of the tree of the entries so far.</param>
    public EpochOpened NextEpoch(Digest root) =>
        new(
            State.Epoch + 1,
            new TreeHead(Size, root),
            State.Reference,
            PinInForce,
            State.KeysDigest,
            EpochAt,
            KnowsState ? ExportState().Digest : default,
            fields?.Heads
        );

    private FoldState Export()
    {
        (long Block, StatePart Part)[] known = [.. facts.Parts()];
        (long Block, StatePart Part)[] live = [.. nonces.Parts()];
        Genesis genesis = Genesis ?? throw NotBegun();
        byte[] head = new StateHead
        {
            State = State,
            Genesis = genesis,
            Policy = Rules.Pin == genesis.Policy.Pin ? null : Policy,
            Size = Size,
            RecordedAt = LastRecordedAt,
            EpochAt = EpochAt,
            EpochSince = EpochSince,
            Facts = [.. known.Select(b => (b.Block, b.Part.Digest))],
            Nonces = [.. live.Select(b => (b.Block, b.Part.Digest))],
            Proposals = [.. open.Values],
        }.Write();
        return new FoldState(
            new StatePart(HashEngine.Sha256.Hash(head), () => head),
            [.. known.Concat(live).Select(b => b.Part)]
        );
    }

    /// <summary>The fold whose state was exported: it judges and folds the entries after it as that one did.</summary>
    /// <param name="ledger">The id that the ledger must have.</param>
    /// <param name="head">Digest of the head, from where it is trusted: an EPOCH_OPENED under a signed root.</param>
    /// <param name="part">The bytes of the part with a digest, or null if it is not at hand. They are not trusted.</param>
    /// <exception cref="TessraxException">TSX5025: a part is missing, is not the one named, or is not what any fold exports.</exception>
    public static LedgerFold ImportState(Digest ledger, Digest head, Func<Digest, ReadOnlyMemory<byte>?> part)
    {
        ArgumentNullException.ThrowIfNull(part);
        StateHead read = StateHead.Read(Fetch(head, part));
        if (read.State.Ledger != ledger)
            throw ErrorCodes.PartBroken.Because($"it is the state of {read.State.Ledger}, not of {ledger}");
        var fold = new LedgerFold(ledger);
        try
        {
            fold.Take(read, part);
            // Whatever is in another order, doubled, or more than any fold has: it would not be written so.
            if (fold.ExportState().Digest != head)
                throw ErrorCodes.PartBroken.Because("its parts are not those that a fold would write");
        }
        catch (TessraxException e) when (e.Code != ErrorCodes.PartBroken)
        {
            throw new TessraxException(ErrorCodes.PartBroken, $"a part cannot be read: {e.Message}", inner: e);
        }
        fold.exported = null;
        (fold.fields, fold.hadFields) = (null, null);
        return fold;
    }

    private static ReadOnlyMemory<byte> Fetch(Digest digest, Func<Digest, ReadOnlyMemory<byte>?> part)
    {
        if (part(digest) is not { } bytes)
            throw ErrorCodes.PartBroken.Because($"the part {digest} is missing");
        return HashEngine.Sha256.Hash(bytes.Span) == digest
            ? bytes
            : throw ErrorCodes.PartBroken.Because($"what should be the part {digest} is something else");
    }

    private void Take(StateHead head, Func<Digest, ReadOnlyMemory<byte>?> part)
    {
        // Entries are held to S, and decided by the document: with another one a stranger's state would ask for no approvals.
        Policy policy = head.Policy ?? head.Genesis.Policy;
        if (
            policy.Pin != head.State.Policy
            || !AreConsistent(head.State.AllPolicies, head)
            || head.Genesis.Origin != head.State.Origin
            || head.Genesis.Hash != head.State.Hash
        )
            throw ErrorCodes.PartBroken.Because("its genesis founds another ledger than its governance state is of");
        State = head.State;
        Genesis = head.Genesis;
        Policy = policy;
        Size = head.Size;
        LastRecordedAt = head.RecordedAt;
        EpochAt = head.EpochAt;
        EpochSince = head.EpochSince;
        facts.Begin(Policy.Rules);
        foreach ((long block, Digest digest) in head.Facts)
        {
            foreach (Fact fact in FactPart.Read(Fetch(digest, part), block))
            {
                facts.Add(fact.Entry < Size ? fact : throw Beyond(fact.Entry));
                if (fact is ControlFact control)
                    Erasures.Apply(control.ToBody(), control.Entry);
            }
        }
        nonces.Forget(LastRecordedAt);
        foreach ((long block, Digest digest) in head.Nonces)
        {
            foreach (KeptNonce nonce in NoncePart.Read(Fetch(digest, part).Span, block))
            {
                if (nonce.Index >= Size)
                    throw Beyond(nonce.Index);
                nonces.Add(nonce.Scoped, nonce.Index, nonce.Until, nonce.InContent);
            }
        }
        foreach (OpenProposal proposal in head.Proposals)
        {
            if (proposal.Index >= Size)
                throw Beyond(proposal.Index);
            OpenProposal? other = proposal.Proposal.Decision is { } decision
                ? OpenIn(decision.Key)
                : OpenControl(proposal.Proposal.Body);
            if (other is not null)
                throw ErrorCodes.PartBroken.Because(
                    $"the proposals {other.Index} and {proposal.Index} are open for the same"
                );
            Enter(proposal);
        }
    }

    private static bool AreConsistent(IReadOnlyList<PolicyInForce> policies, StateHead head) =>
        policies[0] == new PolicyInForce(head.Genesis.Policy.Pin, 0)
        && policies[^1].Pin == head.State.Policy
        && policies.Zip(policies.Skip(1)).All(two => two.First.At < two.Second.At)
        && policies[^1].At < head.Size;

    private static TessraxException Beyond(long index) =>
        ErrorCodes.PartBroken.Because($"it speaks of entry {index}, which is not before it");
}
