using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;

namespace Tessrax.Node.Transactions;

/// <summary>Receipts in two phases: prepared, which makes one durable and undecided; then committed, which gives it an index, or aborted.</summary>
/// <remarks>
/// For a caller who must do something else as well, in a database say, if and only if the receipt exists; see <c>docs/transactions.md</c>.
/// Prepared receipts lie in files of their own, or in the database that the ledger is kept in (<c>spec/transactions.md</c>). The one moment of decision is the durable append of the entry:
/// whatever crashes before or after it, the ledger tells. Not safe for concurrent use, like the writer that it works through.
/// </remarks>
public sealed class TransactionDesk
{
    private const int ForgottenPerOpening = 1024;
    private const int SettledTogether = 64;

    private readonly LedgerWriter writer;
    private readonly TransactionOptions options;
    private readonly IPreparedReceipts receipts;
    private readonly TransactionJudge judge;
    private readonly RandomSource random;
    private readonly HashSet<TransactionToken> undecided = [];

    /// <summary>Finishes what a crash left half done: decisions that the ledger took are written down, what expired is closed, what is old is forgotten.</summary>
    /// <param name="writer">The ledger's writer.</param>
    /// <param name="options">How receipts are kept; null for the defaults.</param>
    /// <exception cref="TessraxException">TSX3005 to TSX3009: the files cannot be read or written; TSX3048 to TSX3050: the database.</exception>
    public TransactionDesk(LedgerWriter writer, TransactionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(writer);
        this.writer = writer;
        this.options = options ?? new TransactionOptions();
        receipts = writer.Receipts;
        judge = new TransactionJudge(receipts, writer.Fold, writer.EntriesFrom);
        random = writer.Environment.Random;
        receipts.Begin();
        Settle();
    }

    /// <summary>Why a decision that the ledger took could not be written down as well, if so; the ledger tells it all the same.</summary>
    public TessraxException? Warning { get; private set; }

    /// <summary>Makes a receipt durable and undecided. It is signed, and judged as if it were the next entry, but takes no index.</summary>
    /// <param name="draft">Anything that is appended without approvals, but for control events. With a nonce, a retry prepares nothing twice.</param>
    /// <param name="validity">How long it waits for its decision; null for <see cref="TransactionOptions.Validity"/>. At most the ledger's window.</param>
    /// <returns>Its state: prepared, or committed if a retry comes that late.</returns>
    /// <exception cref="TessraxException">A rule is broken, TSX4031, or the disk failed; TSX3009: ask by the nonce that the draft had.</exception>
    public TransactionStatus Prepare(Draft draft, TimeSpan? validity = null)
    {
        ArgumentNullException.ThrowIfNull(draft);
        writer.ThrowIfFailed();
        if (draft is not { Prepared: null, Payload: { } payload, Approvals.Count: 0 } || Events.IsControl(draft.Event))
            throw ErrorCodes.NotAppendable.Because(
                $"{draft.Event} cannot be prepared: what carries approvals or changes the rules is recorded in one step"
            );
        if (draft.Nonce is { } nonce && Repeated(TransactionToken.OfNonce(nonce), draft.Event, payload) is { } earlier)
            return earlier;
        if (undecided.Count >= options.MaxUndecided)
            throw ErrorCodes.TooManyPrepared.Because($"{undecided.Count} receipts wait for their decision");
        TimeSpan window = TimeSpan.FromSeconds(writer.Fold.State.Windows.BodySeconds);
        TimeSpan wanted = validity ?? options.Validity;
        SignedBody signed = writer.Prepare(draft, wanted < window ? wanted : window);
        // What it is lacking still, a token, is issued for the body that is made here.
        if (writer.Judge(draft with { Prepared = signed }) is { } refusal && refusal.Code != ErrorCodes.TokenMissing)
            throw refusal.ToException();
        var prepared = new PreparedReceipt(
            signed.Body,
            signed.Signature,
            signed.Seal,
            payload,
            signed.Salt,
            signed.Body.IssuedAt,
            writer.Fold.Size
        );
        receipts.Write(TransactionRecord.Of(prepared));
        undecided.Add(prepared.Token);
        return TransactionStatus.Of(prepared, TransactionState.Prepared);
    }

    /// <summary>Appends a prepared receipt; done again, it gives the same index.</summary>
    /// <remarks>It is judged once more, as the entry that it becomes. If it no longer fits, the reason is thrown and it stays undecided: its coordinator decides.</remarks>
    /// <param name="token">Names it.</param>
    /// <param name="freshness">The token that its entry carries, where the policy asks for one.</param>
    /// <returns>Its index, durable.</returns>
    /// <exception cref="TessraxException">TSX4027, TSX4028, TSX4030: there is none, or it was aborted, or expired; a rule is broken;
    /// TSX3009: open the ledger again, and ask.</exception>
    public long Commit(TransactionToken token, FreshnessToken? freshness = null)
    {
        TransactionStatus status = Find(token, out PreparedReceipt? prepared);
        long index = status.State switch
        {
            TransactionState.Committed => status.Index!.Value,
            TransactionState.Aborted => throw ErrorCodes.TransactionAborted.Because(
                $"the prepared receipt {token} was aborted at {status.DecidedAt}"
            ),
            TransactionState.Expired => throw Expired(status),
            _ => Append(prepared!, freshness),
        };
        if (prepared is not null)
            WriteDown(new TransactionRecord(token, TransactionState.Committed, null, index, writer.Now()));
        return index;
    }

    /// <summary>Gives a prepared receipt up for good; done again, it changes nothing. What expired is given up already.</summary>
    /// <exception cref="TessraxException">TSX4027: there is none; TSX4029: it was committed; TSX3009: it may be given up, or not: do it again.</exception>
    public void Abort(TransactionToken token)
    {
        TransactionStatus status = Find(token, out _);
        if (status.State == TransactionState.Committed)
            throw ErrorCodes.TransactionCommitted.Because($"the prepared receipt {token} is entry {status.Index}");
        if (status.State != TransactionState.Expired)
            Decide(token, TransactionState.Aborted);
    }

    /// <summary>What became of a receipt, for a coordinator that does not know any more.</summary>
    /// <exception cref="TessraxException">TSX3003: its file is damaged; TSX3007, TSX3009: the disk failed.</exception>
    public TransactionStatus Ask(TransactionToken token)
    {
        ArgumentNullException.ThrowIfNull(token);
        writer.ThrowIfFailed();
        receipts.Sync();
        TransactionStatus status = judge.StatusOf(token, writer.Now(), out PreparedReceipt? prepared);
        // Whoever was told that it expired must be able to rely on it, whatever the clock does.
        if (prepared is not null && status.State == TransactionState.Expired)
            Decide(token, TransactionState.Expired);
        return status;
    }

    /// <summary>The receipts that wait for their decision, the oldest first.</summary>
    public IReadOnlyList<TransactionStatus> Undecided()
    {
        writer.ThrowIfFailed();
        receipts.Sync();
        return judge.Undecided(writer.Now());
    }

    /// <summary>Removes the prepared receipts, payloads and all, that became entries whose payloads were erased: a crash can have left them beside what was decided.</summary>
    /// <param name="receipts">What is kept of them.</param>
    /// <param name="fold">The ledger as its entries add up.</param>
    /// <param name="entriesFrom">Its entries from an index on.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="TessraxException">TSX3005 to TSX3009, TSX3048 to TSX3050: they cannot be removed.</exception>
    internal static void ForgetErased(
        IPreparedReceipts receipts,
        LedgerFold fold,
        Func<long, IEnumerable<Entry>> entriesFrom,
        UtcTime now
    )
    {
        Dictionary<TransactionToken, TransactionState> all = receipts.List();
        var judge = new TransactionJudge(receipts, fold, entriesFrom);
        var gone = all.Where(one => one.Value != TransactionState.Prepared).Select(one => one.Key).ToList();
        foreach (TransactionStatus status in judge.StatusesOf(all.Keys.Except(gone), now))
        {
            if (status is not { State: TransactionState.Committed, Index: { } index })
                continue;
            if (fold.Erasures.ErasedAt(index) is null)
                continue;
            receipts.Write(new TransactionRecord(status.Token, TransactionState.Committed, null, index, now));
            gone.Add(status.Token);
        }
        foreach (TransactionToken token in gone)
            receipts.RemoveWaiting(token);
    }

    private TransactionStatus Find(TransactionToken token, out PreparedReceipt? prepared)
    {
        ArgumentNullException.ThrowIfNull(token);
        writer.ThrowIfFailed();
        TransactionStatus status = judge.StatusOf(token, writer.Now(), out prepared);
        if (status.State is null)
        {
            receipts.Sync();
            throw ErrorCodes.NoSuchTransaction.Because($"no prepared receipt has the token {token}");
        }
        if (prepared is not null && status.State == TransactionState.Expired)
            Decide(token, TransactionState.Expired);
        return status;
    }

    private static TessraxException Expired(TransactionStatus status) =>
        ErrorCodes.TransactionExpired.Because(
            $"the prepared receipt {status.Token} expired {(status.ExpiresAt is { } at ? $"at {at}" : "undecided")}"
        );

    private long Append(PreparedReceipt prepared, FreshnessToken? freshness) =>
        writer
            .Append([
                new Draft
                {
                    Event = prepared.Body.Event,
                    By = prepared.Body.By.Kind,
                    Payload = prepared.Payload,
                    Token = freshness,
                    Prepared = new SignedBody(prepared.Body, prepared.Signature, prepared.Salt)
                    {
                        Seal = prepared.Seal,
                    },
                },
            ])[0]
            .Entry.Index;

    private TransactionStatus? Repeated(TransactionToken token, string name, FrozenPayload payload)
    {
        TransactionStatus status = judge.StatusOf(token, writer.Now(), out PreparedReceipt? prepared);
        if (status.State is null)
            return null;
        bool same = status switch
        {
            { Index: { } index } => writer.Read(index) is var receipt
                && receipt.Entry.Body.Event == name
                && payload.Equals(receipt.Payload),
            { State: TransactionState.Prepared } => prepared!.Body.Event == name && payload.Equals(prepared.Payload),
            _ => false,
        };
        if (!same)
            throw ErrorCodes.NonceReused.Because(
                $"the nonce is the token {token}, which is {status.StateText} and may say something else"
            );
        receipts.Sync();
        return status;
    }

    private void Decide(params IReadOnlyList<TransactionRecord> decisions)
    {
        receipts.Write(decisions);
        undecided.ExceptWith(decisions.Select(decision => decision.Token));
    }

    private void Decide(TransactionToken token, TransactionState state) =>
        Decide(new TransactionRecord(token, state, null, null, writer.Now()));

    // For what the ledger, or the clock, says again to whoever asks later.
    private void WriteDown(params IReadOnlyList<TransactionRecord> decisions)
    {
        try
        {
            Decide(decisions);
        }
        catch (TessraxException e)
        {
            Warning = e;
        }
    }

    private void Settle()
    {
        Dictionary<TransactionToken, TransactionState> all = receipts.List();
        UtcTime now = writer.Now();
        undecided.UnionWith(all.Where(one => one.Value == TransactionState.Prepared).Select(one => one.Key));
        TransactionToken[] decided = [.. all.Keys.Except(undecided)];
        TransactionStatus[] found =
        [
            .. judge
                .StatusesOf(undecided, now)
                .Where(status => status.State is TransactionState.Committed or TransactionState.Expired),
        ];
        foreach (TransactionStatus[] some in found.Chunk(SettledTogether))
            WriteDown([
                .. some.Select(status => new TransactionRecord(
                    status.Token,
                    status.State!.Value,
                    null,
                    status.Index,
                    now
                )),
            ]);
        Forget(decided, now);
    }

    // Some at each opening, wherever chance begins: reading all would make opening slow for who decides much.
    private void Forget(TransactionToken[] decided, UtcTime now)
    {
        Span<byte> draw = stackalloc byte[4];
        random(draw);
        int from = decided.Length == 0 ? 0 : (int)(BitConverter.ToUInt32(draw) % (uint)decided.Length);
        IEnumerable<TransactionToken> looked = Enumerable
            .Range(from, Math.Min(decided.Length, ForgottenPerOpening))
            .Select(i => decided[i % decided.Length]);
        (TransactionToken, TransactionState)[] old =
        [
            .. judge
                .StatusesOf(looked, now)
                .Where(status => status is { State: not null, DecidedAt: { } at } && at + options.KeepDecided < now)
                .Select(status => (status.Token, status.State!.Value)),
        ];
        if (old.Length > 0)
            receipts.Forget(old);
    }
}
