using System.Buffers.Text;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;

namespace Tessrax.Client;

// Appending, and what goes with it. Every request is signed by the access key.
public sealed partial class LedgerClient
{
    private const int KeyBytes = 16;
    private const string LinesType = "application/x-ndjson";

    /// <summary>Appends an event of one's own. On return it is durable, and the entry is the one that was asked for.</summary>
    /// <remarks>What does not arrive is sent again under the same key, which appends it once. If the checkpoint that covers it has too few cosignatures yet for the trust root,
    /// the log's own signature suffices here: witnesses come after the append.</remarks>
    /// <param name="what">The event.</param>
    /// <param name="idempotencyKey">1 to 64 of A-Z, a-z, 0-9, - and _: the same key with the same event appends once, also in another process; null for a new one.</param>
    /// <param name="cancel">Gives up waiting; the event may be appended all the same.</param>
    /// <exception cref="TessraxException">TSX1012: no idempotency key; TSX6008: there is no access key; TSX6040: the answer does not hold; the server's own: it refused.</exception>
    public async ValueTask<Appended> AppendAsync(
        OwnAppend what,
        string? idempotencyKey = null,
        CancellationToken cancel = default
    )
    {
        ArgumentNullException.ThrowIfNull(what);
        RequireKey();
        string key = RequiredKey(idempotencyKey);
        JsonValue answer = await PostAsync("v1/receipts", what.ToJson(), key, cancel).ConfigureAwait(false);
        (VerifiedCheckpoint checkpoint, TrustRoot trust) = await OfAppendAsync(answer, LeafHasher(answer), cancel)
            .ConfigureAwait(false);
        return await OfAppendAsync(Asked.Of(what), signer!.NonceOf(key, null), answer, checkpoint, trust, cancel)
            .ConfigureAwait(false);
    }

    /// <summary>Appends up to 1,024 events in order, all or none. On return they are durable, and the entries are those that were asked for.</summary>
    /// <inheritdoc cref="AppendAsync(OwnAppend, string?, CancellationToken)"/>
    public async ValueTask<IReadOnlyList<Appended>> AppendAsync(
        IReadOnlyList<OwnAppend> what,
        string? idempotencyKey = null,
        CancellationToken cancel = default
    )
    {
        ArgumentNullException.ThrowIfNull(what);
        JsonValue body = JsonValue.Object(("receipts", JsonValue.Of(what.Select(one => one.ToJson()))));
        RequireKey();
        string key = RequiredKey(idempotencyKey);
        JsonValue answer = await PostAsync("v1/receipts/batch", body, key, cancel).ConfigureAwait(false);
        JsonValue[] given = List(answer, "receipts", what.Count);
        if (given.Length != what.Count)
            throw ErrorCodes.AnswerBroken.Because($"{what.Count} events were sent, and {given.Length} are told of");
        if (given.Length == 0)
            return [];
        (VerifiedCheckpoint checkpoint, TrustRoot trust) = await OfAppendAsync(answer, LeafHasher(given[0]), cancel)
            .ConfigureAwait(false);
        var appended = new Appended[given.Length];
        await Parallel
            .ForAsync(
                0,
                given.Length,
                SomeAtOnce(cancel),
                async (i, stop) =>
                    appended[i] = await OfAppendAsync(
                            Asked.Of(what[i]),
                            signer!.NonceOf(key, i),
                            given[i],
                            checkpoint,
                            trust,
                            stop
                        )
                        .ConfigureAwait(false)
            )
            .ConfigureAwait(false);
        return appended;
    }

    /// <summary>Records claims; what they lead to is decided and proposed. Claims on record are skipped, so that the same ones may be sent again.</summary>
    /// <param name="lines">A claim in JSON on each line, 1 to 10,000 of them.</param>
    /// <param name="cancel">Gives up waiting.</param>
    /// <exception cref="TessraxException">TSX6008: there is no access key; TSX6040: no checkpoint covers what the server tells of; the server's own: it refused.</exception>
    public async ValueTask<Ingested> IngestAsync(ReadOnlyMemory<byte> lines, CancellationToken cancel = default)
    {
        RequireKey();
        Answered answer = await transport
            .SendAsync(
                new Asking(HttpMethod.Post, "v1/claims")
                {
                    Body = lines,
                    ContentType = LinesType,
                    MayRepeat = true,
                },
                cancel
            )
            .ConfigureAwait(false);
        var told = new ServerWord(answer.Json());
        long size = told.Read(reader => reader.Integer("size"));
        VerifiedCheckpoint checkpoint = await CoveringAsync(size, cancel).ConfigureAwait(false);
        return Trust.Policy.LogOnly && checkpoint.Head.Size < size
            ? throw ErrorCodes.AnswerBroken.Because(
                $"the server tells of {size} entries, and its checkpoint covers {checkpoint.Head.Size}"
            )
            : new Ingested(told, checkpoint, checkpoint.Head.Size >= size);
    }

    /// <summary>What waits for verdicts, to be signed elsewhere: each proposal is the one that its entry commits to.</summary>
    /// <exception cref="TessraxException">TSX6040: one is not what the ledger holds; TSX4005: it is of another ledger.</exception>
    public async ValueTask<ApprovalRequest> ApprovalRequestAsync(CancellationToken cancel = default)
    {
        Answered answer = await transport
            .GetAsync("v1/proposals/request", cancel, ApprovalRequest.MaxBytes)
            .ConfigureAwait(false);
        answer.RequireFewValues();
        ApprovalRequest request = ReadRequest(answer.Bytes);
        if (Trust.Ledger is { } expected && request.Ledger != expected)
            throw ErrorCodes.WrongLedger.Because(
                $"the server's proposals are of the ledger {request.Ledger}, not {expected}"
            );
        await Parallel
            .ForEachAsync(
                request.Proposals,
                SomeAtOnce(cancel),
                async (proposal, stop) => await RequireProposedAsync(proposal, stop).ConfigureAwait(false)
            )
            .ConfigureAwait(false);
        return request;
    }

    /// <summary>Hands signed verdicts in.</summary>
    /// <exception cref="TessraxException">The server's own: one of them does not count; those that do are recorded all the same.</exception>
    public async ValueTask<ServerWord> ApproveAsync(SignedApprovals verdicts, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(verdicts);
        RequireKey();
        var asking = new Asking(HttpMethod.Post, "v1/approvals") { Body = verdicts.ToBytes() };
        return new ServerWord((await transport.SendAsync(asking, cancel).ConfigureAwait(false)).Json());
    }

    /// <summary>Asks for a control event: it is recorded, or proposed where approvals are needed. Asked again, it goes on with what waits.</summary>
    /// <param name="name">The event.</param>
    /// <param name="control">Its content.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>What is on record, verified.</returns>
    /// <exception cref="TessraxException">TSX6008: there is no access key; TSX6040: what the server names is something else; the server's own: it refused.</exception>
    public async ValueTask<GovernedThere> GovernAsync(
        string name,
        JsonValue control,
        CancellationToken cancel = default
    )
    {
        ArgumentNullException.ThrowIfNull(control);
        RequireKey();
        var asking = new Asking(HttpMethod.Post, "v1/proposals")
        {
            Body = JsonValue.Object(("event", name), ("control", control)).ToCanonicalBytes(),
        };
        var told = new ServerWord((await transport.SendAsync(asking, cancel).ConfigureAwait(false)).Json());
        (long entry, bool isRecorded) = told.Read(static reader =>
            reader.String("outcome", 64) == "recorded"
                ? (reader.Integer("index"), true)
                : (reader.Integer("proposal"), false)
        );
        VerifiedReceipt found = await NamedReceiptAsync(entry, cancel).ConfigureAwait(false);
        EntryBody body = found.Receipt.Entry.Body;
        bool fits = isRecorded
            ? body.Event == name && control.Equals(body.Control)
            : body.Event == Events.DecisionProposed
                && found.Receipt.Payload is { } payload
                && EventPayloads.Read(body.Event, payload.Root) is Proposal proposal
                && proposal.Body.Event == name
                && control.Equals(proposal.Body.Control);
        return fits
            ? new GovernedThere(entry, isRecorded)
            : throw ErrorCodes.AnswerBroken.Because($"entry {entry} is not the {name} that was asked for");
    }

    /// <summary>Says on record that a decision has been carried out. Said again in the same words, it gives the same entry.</summary>
    /// <param name="executed">Which decision, and what came of it.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>The entry that says so, verified, and whether the server says that it was on record before.</returns>
    /// <exception cref="TessraxException">TSX6008: there is no access key; TSX6040: what the server names is something else; the server's own: it refused, as of a decision that is not in force, or was carried out before.</exception>
    public async ValueTask<Appended> ExecuteAsync(DecisionExecuted executed, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(executed);
        RequireKey();
        JsonValue said = executed.ToJson();
        var asking = new Asking(HttpMethod.Post, "v1/executions") { Body = said.ToCanonicalBytes(), MayRepeat = true };
        var told = new ServerWord((await transport.SendAsync(asking, cancel).ConfigureAwait(false)).Json());
        (long index, bool isRepeat) = told.Read(static reader =>
            (reader.Integer("index"), reader.Optional("repeat")?.Kind == JsonKind.True)
        );
        VerifiedReceipt found = await NamedReceiptAsync(index, cancel).ConfigureAwait(false);
        return
            found.Receipt.Entry.Body.Event == Events.DecisionExecuted
            && found.Receipt.Payload is { } payload
            && said.Equals(payload.Root)
            ? new Appended(found, isRepeat)
            : throw ErrorCodes.AnswerBroken.Because(
                $"entry {index} does not say that the decision of entry {executed.Decision} was carried out, as it was asked to"
            );
    }

    private static ApprovalRequest ReadRequest(byte[] bytes)
    {
        try
        {
            return ApprovalRequest.Parse(bytes);
        }
        catch (TessraxException e) when (e.Code.Class == ErrorClass.Input)
        {
            throw new TessraxException(
                ErrorCodes.AnswerBroken,
                $"what the server gives to be signed is malformed: {e.Message}",
                null,
                e
            );
        }
    }

    private async ValueTask RequireProposedAsync(RequestedProposal proposal, CancellationToken cancel)
    {
        Receipt receipt = (await ReceiptAsync(proposal.Index, cancel).ConfigureAwait(false)).Receipt;
        if (
            receipt.Entry.Body.Event != Events.DecisionProposed
            || receipt.Payload is not { } payload
            || !payload.Equals(FrozenPayload.From(proposal.Proposal.ToJson()))
        )
            throw ErrorCodes.AnswerBroken.Because(
                $"proposal {proposal.Index}, as the server gives it to be signed, is not what entry {proposal.Index} proposes"
            );
    }

    // The caller's, or a new one.
    private string RequiredKey(string? given) =>
        given is null || IdempotencyNonce.IsKey(given)
            ? given ?? NewKey()
            : throw ErrorCodes.BadUsage.Because(
                $"an idempotency key is {IdempotencyNonce.KeyForm}, and '{given}' is not"
            );

    private async ValueTask<JsonValue> PostAsync(string path, JsonValue body, string key, CancellationToken cancel)
    {
        var asking = new Asking(HttpMethod.Post, path)
        {
            Body = body.ToCanonicalBytes(),
            IdempotencyKey = key,
            MayRepeat = true,
        };
        return ObjectOf(await transport.SendAsync(asking, cancel).ConfigureAwait(false));
    }

    private static JsonValue ObjectOf(Answered answer) =>
        answer.Json() is { Kind: JsonKind.Object } told
            ? told
            : throw ErrorCodes.AnswerBroken.Because("the server's answer is no object");

    // The checkpoint that an append came with, and by what it is judged.
    private async ValueTask<(VerifiedCheckpoint, TrustRoot)> OfAppendAsync(
        JsonValue answer,
        TreeHasher hasher,
        CancellationToken cancel
    )
    {
        VerifiedCheckpoint given = Read(Encoding.UTF8.GetBytes(ServerRefusal.Text(answer, "checkpoint") ?? ""), hasher);
        if (Trust.Policy.LogOnly)
        {
            await held.HoldAsync(given, cancel).ConfigureAwait(false);
            return (given, Trust);
        }
        PolicyVerdict verdict = Trust.Judge(given.Note.ToBytes(), null);
        if (verdict.Log is not { } log)
            throw ErrorCodes.AnswerBroken.Because($"the checkpoint is not signed by the log: {verdict.Reason}");
        await held.RequireConsistentAsync(given, cancel).ConfigureAwait(false);
        return (given, Trust with { Policy = TlogPolicy.LogAlone(log), Accepted = null });
    }

    // The entry behind an append: in the tree, and what was asked for.
    private async ValueTask<Appended> OfAppendAsync(
        Asked what,
        string nonce,
        JsonValue told,
        VerifiedCheckpoint checkpoint,
        TrustRoot trust,
        CancellationToken cancel
    )
    {
        long index = IndexOf(told);
        bool isRepeat = told["repeat"] is { Kind: JsonKind.True };
        VerifiedReceipt receipt = await ReceiptInAsync(index, checkpoint, trust, cancel).ConfigureAwait(false);
        // The nonce is this request's and no other's: an entry that was there before under another key is not what was asked for. What this key appended before may have been
        // erased since.
        EntryBody body = receipt.Receipt.Entry.Body;
        bool isAsked =
            body.Event == what.Event
            && body.Nonce == nonce
            && body.By.Kind == what.By
            && (receipt.Receipt.Payload is { } payload ? payload.Equals(FrozenPayload.From(what.Payload)) : isRepeat);
        return isAsked
            ? new Appended(receipt, isRepeat) { IsCosigned = CosignedOf(told) }
            : throw ErrorCodes.AnswerBroken.Because($"entry {index} is not what was asked to be appended");
    }

    private static bool? CosignedOf(JsonValue told) =>
        told["cosigned"]?.Kind switch
        {
            JsonKind.True => true,
            JsonKind.False => false,
            _ => null,
        };

    private static TreeHasher LeafHasher(JsonValue told) =>
        TreeHasher.NamedBy(ServerRefusal.Text(told, "leaf_hash") ?? "")
        ?? throw ErrorCodes.AnswerBroken.Because("the leaf's hash names no hash that ledgers have");

    private void RequireKey(string why = "nothing is appended without an access key")
    {
        if (signer is null)
            throw ErrorCodes.KeyNeeded.Because(why, ServerRefusal.KeyHint);
    }

    // What an entry must say to be the one that was asked for.
    private readonly record struct Asked(string Event, VoucherKind By, JsonValue Payload)
    {
        public static Asked Of(OwnAppend own) =>
            new(own.Event, own.ByAuthor ? VoucherKind.Author : VoucherKind.Log, own.ToPayload());
    }

    private string NewKey()
    {
        var bytes = new byte[KeyBytes];
        options.Random(bytes);
        return Base64Url.EncodeToString(bytes);
    }
}
