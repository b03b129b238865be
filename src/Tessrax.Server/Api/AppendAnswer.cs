using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Serving;
using Tessrax.Node.Witnessing;
using Tessrax.Server.Host;

namespace Tessrax.Server.Api;

/// <summary>What whoever appended is told: where the entry is, and the checkpoint that covers it. Everything in it is durable.</summary>
internal static class AppendAnswer
{
    // All receipts of a batch share their checkpoint, so that many answers in a row speak of the same one.
    private static volatile Told? last;

    /// <summary>The answer to one append.</summary>
    /// <param name="call">The request.</param>
    /// <param name="receipt">What became of it.</param>
    /// <param name="withProof">Whether a proof is asked for.</param>
    public static JsonAnswer Of(ApiCall call, AppendReceipt receipt, bool withProof)
    {
        Told told = Tell(receipt.Checkpoint);
        JsonValue answer = JsonValue.Object([
            .. Members(receipt, call.Ledger),
            ("proof", withProof ? Proof(call.Ledger, told.Head.Size, receipt.Index) : null),
            ("size", told.Head.Size),
            ("checkpoint", told.Text),
        ]);
        return new JsonAnswer(answer, receipt.IsRepeat ? StatusCodes.Status200OK : StatusCodes.Status201Created)
        {
            Size = told.Head.Size,
            Location = $"{call.Base}/v1/receipts/{ApiCall.Text(receipt.Index)}",
        };
    }

    /// <summary>The answer to many: in their order, and under the newest checkpoint that one of them came with.</summary>
    public static JsonAnswer Of(ApiCall call, IReadOnlyList<AppendReceipt> receipts, bool withProofs)
    {
        Told told = receipts.Select(r => r.Checkpoint).Distinct().Select(Tell).MaxBy(one => one.Head.Size)!;
        JsonValue answer = JsonValue.Object(
            (
                "receipts",
                JsonValue.Of(
                    receipts.Select(receipt =>
                        JsonValue.Object([
                            .. Members(receipt, call.Ledger),
                            ("proof", withProofs ? Proof(call.Ledger, told.Head.Size, receipt.Index) : null),
                        ])
                    )
                )
            ),
            ("size", told.Head.Size),
            ("checkpoint", told.Text)
        );
        bool isRepeat = receipts.All(receipt => receipt.IsRepeat);
        return new JsonAnswer(answer, isRepeat ? StatusCodes.Status200OK : StatusCodes.Status201Created)
        {
            Size = told.Head.Size,
        };
    }

    /// <summary>The same once a quorum of witnesses has cosigned what it tells of, or the time is over that this may take: it says which. What was appended is there either way.</summary>
    public static async ValueTask<ApiAnswer> Witnessed(ApiCall call, JsonAnswer answer)
    {
        if (call.Find<WitnessDesk>() is not { } witnesses)
            return answer;
        TimeSpan patience = call.Get<ServerOptions>().AppendWaits;
        bool cosigned = await witnesses.WaitAsync(answer.Size ?? 0, patience, call.Cancellation);
        return answer with { Value = answer.Value.With("cosigned", cosigned) };
    }

    /// <summary>The parameter that asks for proofs.</summary>
    public static ApiParameter WithProof { get; } =
        ApiParameter.Word("proof", "yes to have the inclusion proof in the answer", "yes", "no");

    /// <summary>Whether a request asks for proofs. To be asked before anything is appended: what is malformed must change nothing.</summary>
    /// <exception cref="TessraxException">TSX6005: neither yes nor no.</exception>
    public static bool WantsProof(ApiCall call) => call.Query.Word("proof") == "yes";

    private static (string, JsonValue?)[] Members(AppendReceipt receipt, ServedLedger ledger) =>
        [
            ("index", receipt.Index),
            ("leaf_hash", ledger.Directory.Hasher.Text(receipt.Leaf)),
            ("recorded_at", receipt.RecordedAt.ToString()),
            ("repeat", receipt.IsRepeat ? JsonValue.True : null),
        ];

    private static JsonValue Proof(ServedLedger ledger, long size, long index) =>
        ReceiptRoutes.Hashes(InclusionProof.Prove(ledger.Pipeline.Tree, size, index, ledger.Directory.Hasher));

    private static Told Tell(SignedNote note)
    {
        Told? known = last;
        if (known is not null && ReferenceEquals(known.Note, note))
            return known;
        return last = new Told(note, note.ToString(), Checkpoint.ParseBody(note.Text).Head);
    }

    private sealed record Told(SignedNote Note, string Text, TreeHead Head);
}
