using Tessrax.Canonical;
using Tessrax.Ledger;
using Tessrax.Node.Logging;
using Tessrax.Node.Maintenance;

namespace Tessrax.Node.Appending;

// An entry's way: judged, given its place, made durable with its batch.
public sealed partial class LedgerWriter
{
    // A retry has another time and salt, so its body is another; its event and payload tell that it is the same append.
    private Receipt? FindRepeated(Draft draft, List<Receipt> waiting)
    {
        if (
            draft is not { Nonce: { } nonce, Payload: { } payload }
            || Fold.FindRepeat(Bodies.VoucherOf(draft.By), nonce) is not { } index
        )
            return null;
        Receipt? earlier = waiting.Find(r => r.Entry.Index == index);
        earlier ??= Read(index);
        if (earlier.IsErased || earlier.IsLost)
            throw ErrorCodes.NonceReused.Because(
                $"the nonce {nonce} was used for entry {index}, whose payload was {(earlier.IsErased ? "erased" : "lost")}: nobody can tell whether this is the same"
            );
        return earlier.Entry.Body.Event == draft.Event && payload.Equals(earlier.Payload)
            ? earlier
            : throw ErrorCodes.NonceReused.Because(
                $"the nonce {nonce} was used for entry {index}, which says something else"
            );
    }

    private SignedBody Sign(Draft draft, UtcTime now) =>
        draft.Prepared ?? Bodies.Sign(draft, now, BodySigner.ValidityUnder(Fold.State.Windows), Fold.State.Policy);

    // Gives a body its place, judges it by everything before it, and folds it in.
    private Receipt Place(SignedBody signed, Draft draft, UtcTime now)
    {
        Receipt receipt = signed.PlaceIn(Fold, draft, now);
        if (Fold.Judge(receipt, out object? record) is { } refusal)
            throw refusal.ToException();
        LostFacts.Require(Fold, receipt.Entry.Body, record);
        RequireSigner(receipt.Entry.Body);
        if (Events.Erases(receipt.Entry.Body.Event))
            PayloadEraser.Expect(Directory.Path, Environment.Disk);
        Fold.Apply(receipt, record);
        if (Events.MayChangeLogKey(receipt.Entry.Body.Event) || receipt.Entry.Body.Event == Events.KeyRevoked)
            FollowLogKey();
        return receipt;
    }

    /// <summary>Appends to the tree what a batch holds so far.</summary>
    internal void Advance(LedgerBatch growing) => heads.Advance(growing);

    /// <summary>Makes a sealed batch durable. The one step that may run beside the others: the next batch may be made and sealed meanwhile.</summary>
    internal void Write(LedgerBatch sealedBatch)
    {
        failed = true;
        long begun = Environment.Clock.GetTimestamp();
        if (beyond is null)
            segments.Append(sealedBatch.Record, sealedBatch.Checkpoint);
        else
            WriteBeyond(beyond, sealedBatch);
        Checkpoint = sealedBatch.Note;
        failed = false;
        Written?.Invoke(new DurableBatch(sealedBatch.Count, Environment.Clock.GetElapsedTime(begun)));
    }

    /// <summary>Writes what follows from a durable batch, if it is time.</summary>
    internal void NoteDurable(LedgerBatch durable)
    {
        derived.Note(durable.Record.FirstIndex, durable.Record.NextIndex, durable.Leaves, durable.Checkpoint);
        index?.Note(durable.Record.NextIndex);
        Environment.Logger.Durable(durable.Count, durable.Record.NextIndex - durable.Count);
        derived.Try(() => clockNote.Note(Clock.Believed));
    }

    private void Commit()
    {
        Seal(batch);
        Write(batch);
        NoteDurable(batch);
        batch.Begin(Fold.Size);
    }
}
