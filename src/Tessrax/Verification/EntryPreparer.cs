using System.Buffers.Text;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;

namespace Tessrax.Verification;

/// <summary>What a verifier knows once genesis was folded, and what changes only with a control event.</summary>
/// <param name="State">The governance state as it was lately: another one makes what is prepared useless, never wrong.</param>
/// <param name="Log">The keys that sign checkpoints; null if genesis names none.</param>
/// <param name="Hasher">The ledger's tree.</param>
internal sealed record KnownLedger(GovernanceState State, LogKeyChain? Log, TreeHasher Hasher)
{
    public Digest Ledger => State.Ledger;
}

/// <summary>The part of verifying an entry that needs no other entry: reading it, its commitment, its signature, its leaf hash.</summary>
/// <remarks>Works stage by stage over a few entries, so that stages are timed with few looks at the clock, and an entry is still near the processor in the next
/// stage. Keeps what it needs from one batch to the next; one for each thread.</remarks>
internal sealed class EntryPreparer(TimeProvider clock)
{
    // Of the usual size, these fit into a processor's nearest memory.
    private const int Together = 16;

    private readonly EntryScanner scanner = new();
    private readonly SealChecker seals = new();
    private (GovernanceState? State, Voucher By, PublicKey? Key) keyOf;

    /// <summary>Prepares a batch of the ledger that is known.</summary>
    public void Prepare(EntryBatch batch, KnownLedger known)
    {
        int together = batch.IsTimed ? 1 : Together;
        var seconds = new PreparedSeconds();
        for (int from = 0; from < batch.Count; from += together)
        {
            int count = Math.Min(together, batch.Count - from);
            long start = clock.GetTimestamp();
            seconds += Prepare(batch.Entries.Slice(from, count), batch.Leaves.Slice(from, count), known);
            if (batch.IsTimed)
                batch.AddTicks(clock.GetTimestamp() - start);
        }
        batch.Seconds = seconds with { Checkpoints = OpenCheckpoint(batch, known) };
        batch.IsPrepared = true;
    }

    private PreparedSeconds Prepare(Span<PreparedEntry> entries, Span<Digest> leaves, KnownLedger known)
    {
        long start = clock.GetTimestamp();
        foreach (ref PreparedEntry entry in entries)
            Read(ref entry, known);
        long read = clock.GetTimestamp();
        foreach (ref PreparedEntry entry in entries)
            Commit(ref entry, known);
        long committed = clock.GetTimestamp();
        foreach (ref PreparedEntry entry in entries)
            Sign(ref entry, known);
        long signed = clock.GetTimestamp();
        for (int i = 0; i < entries.Length; i++)
            leaves[i] = known.Hasher.Leaf(entries[i].Leaf.Span);
        return new PreparedSeconds(
            clock.GetElapsedTime(start, read).TotalSeconds,
            clock.GetElapsedTime(read, committed).TotalSeconds,
            clock.GetElapsedTime(committed, signed).TotalSeconds,
            clock.GetElapsedTime(signed).TotalSeconds,
            0
        );
    }

    private double OpenCheckpoint(EntryBatch batch, KnownLedger known)
    {
        if (batch.Checkpoint is not { } note || known.Log is not { } log)
            return 0;
        long start = clock.GetTimestamp();
        bool opened = log.TryOpen(note.Span, out Checkpoint? checkpoint, out string reason);
        batch.Opened = new OpenedCheckpoint(log, opened ? checkpoint : null, reason);
        return clock.GetElapsedTime(start).TotalSeconds;
    }

    private void Read(ref PreparedEntry entry, KnownLedger known)
    {
        if (
            !entry.IsErased
            && scanner.TryScan(entry.Leaf.Span, out entry.Scanned)
            && entry.Scanned.IsOwn
            && entry.Scanned.Ledger == known.Ledger
            && entry.Salt.Length == Receipt.SaltBytes
            && EntryScanner.IsOwnPayload(entry.Payload.Span)
        )
        {
            entry.IsOwn = true;
            return;
        }
        try
        {
            entry.Receipt = Receipt.Parse(entry.Leaf.Span, entry.Payload.Span, entry.Salt.Span, entry.IsErased);
            // Now, so that it need not be when the entry's turn comes.
            entry.Read = ReadPayload.Of(entry.Receipt);
        }
        catch (TessraxException e)
        {
            entry.Fault = e;
        }
    }

    // An own event that fails here is read again by the strict reader when its turn comes, which says what is wrong.
    private static void Commit(ref PreparedEntry entry, KnownLedger known)
    {
        if (entry.IsOwn)
            entry.IsOwn =
                SignedBytes.CommitmentOf(known.Ledger, entry.Salt.Span, entry.Payload.Span) == entry.Scanned.Payload;
        else
            entry.Receipt?.PayloadMatches(known.Ledger);
    }

    private void Sign(ref PreparedEntry entry, KnownLedger known)
    {
        if (entry.IsOwn && entry.Scanned.IsSigned)
            entry.IsOwn = KeyOf(entry.Scanned.By, known) is { } author && OwnHolds(ref entry, known, author);
        else if (
            entry.Receipt is { Entry: { Signature: { } signature, Body: { By.Kind: VoucherKind.Author } body } }
            && known.State.Key(body.By.Key)?.Verifier.Key is { } key
        )
            entry.Signature = new CheckedSignature(
                known.Ledger,
                key,
                key.VerifyText(body.SignedBytes(known.Ledger), signature)
            );
    }

    // One key vouches for most of a ledger.
    private PublicKey? KeyOf(in Voucher by, KnownLedger known)
    {
        if (!ReferenceEquals(keyOf.State, known.State) || keyOf.By != by)
            keyOf = (known.State, by, known.State.Key(by.Key)?.Verifier.Key);
        return keyOf.Key;
    }

    private bool OwnHolds(ref PreparedEntry entry, KnownLedger known, PublicKey author)
    {
        ReadOnlySpan<byte> leaf = entry.Leaf.Span;
        ReadOnlySpan<byte> body = leaf[entry.Scanned.Body];
        Span<byte> signature = stackalloc byte[PublicKey.SignatureSize];
        Base64.DecodeFromUtf8(leaf[entry.Scanned.Signature], signature, out _, out _);
        if (entry.Scanned.SealSize == 0)
            return author.Verify(SignedBytes.Of(SignedBytes.EntryLabel, known.Ledger, body), signature);
        return seals.Holds(
            known.Ledger,
            author,
            (entry.Scanned.SealPosition, entry.Scanned.SealSize),
            new SealPath(leaf[entry.Scanned.SealPath]),
            SignedBytes.DigestOf(SignedBytes.EntryLabel, known.Ledger, body),
            signature
        );
    }
}
