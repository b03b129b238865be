using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Node.Serving;
using Tessrax.Server.Access;

namespace Tessrax.Server.Api;

/// <summary>Which ledger this is, and what its log has signed.</summary>
internal static class LedgerRoutes
{
    /// <summary>The media type of a signed note.</summary>
    public const string NoteType = "text/plain; charset=utf-8";
    private const int MostRoots = 100;

    public static IEnumerable<ApiRoute> All { get; } =
    [
        new ApiRoute("GET", "/v1/ledger", Role.Reader, Ledger)
        {
            Summary = "Which ledger this is, how large, under which policy, and by which keys it is signed",
            Answer = "ledger",
            Cache = CacheRule.Fresh,
        },
        new ApiRoute("GET", "/v1/checkpoint", Role.Reader, Newest)
        {
            Summary = "The newest checkpoint; with Accept: text/plain as the log signed it, and nothing else",
            Answer = "checkpoint",
            AnswerTypes = [NoteType],
            Cache = CacheRule.Seconds,
        },
        new ApiRoute("GET", "/v1/checkpoints/{size}", Role.Reader, Past)
        {
            Summary = "The checkpoint that was signed when the ledger had so many entries",
            Answer = "checkpoint",
            AnswerTypes = [NoteType],
            Cache = CacheRule.Immutable,
            Errors = [ErrorCodes.NoSuchEntry],
        },
        new ApiRoute("GET", "/v1/history", Role.Reader, History)
        {
            Summary =
                "The checkpoints that were signed, by size, each linked to the one before by a consistency proof; 100 at most, and a Link header to the next, which begins with the last",
            Answer = "history",
            Cache = CacheRule.Fresh,
            // A batch is read whole for each checkpoint.
            Scans = static _ => true,
            Errors = [ErrorCodes.Overloaded],
            Query =
            [
                ApiParameter.Integer("from", "the least size", 1, QueryText.MaxInteger, 1),
                ApiParameter.Integer("to", "the greatest size", 1, QueryText.MaxInteger, QueryText.MaxInteger),
            ],
        },
    ];

    private static ValueTask<ApiAnswer> Ledger(ApiCall call)
    {
        JsonValue governed = call.Ledger.Fold(view =>
        {
            GovernanceState state = view.Fold.State;
            return JsonValue.Object(
                ("epoch", state.Epoch),
                ("policy", state.Policy?.ToJson()),
                ("successor", state.Successor?.ToJson()),
                ("retired", state.Retired?.ToJson())
            );
        });
        bool hasEnded = governed["successor"] is not null || governed["retired"] is not null;
        using Lease<LedgerMoment> lease = call.Ledger.Moment();
        LedgerMoment moment = lease.Value;
        JsonValue about = JsonValue.Object(
            ("id", call.Ledger.Directory.Id.ToString()),
            ("origin", moment.Says.Origin),
            ("hash", moment.Hasher.Engine.Name),
            ("root", moment.Hasher.Text(moment.Says.Head.Root)),
            ("epoch", governed["epoch"]),
            ("policy", governed["policy"]),
            ("successor", governed["successor"]),
            ("retired", governed["retired"]),
            ("log_keys", JsonValue.Of(moment.Glance.Log.Spans.Select(Of))),
            ("appends", !hasEnded && (call.Ledger.CanAppend || call.Find<IOwner>()?.CanAppend == true)),
            ("server", call.Get<ServerRun>().Text)
        );
        return new(ApiCall.Of(moment, about));
    }

    private static JsonValue Of(LogKeySpan span) =>
        JsonValue.Object(("vkey", span.Key.ToString()), ("from", span.From));

    private static ValueTask<ApiAnswer> Newest(ApiCall call)
    {
        using Lease<LedgerMoment> lease = call.Ledger.Moment();
        return new(Answer(call, lease.Value.Says, lease.Value.Checkpoint, lease.Value));
    }

    private static ValueTask<ApiAnswer> Past(ApiCall call)
    {
        long size = call.Index("size");
        using Lease<LedgerMoment> lease = call.Ledger.Moment(size);
        SignedNote note =
            lease.Value.Glance.SignedAt(size)
            ?? throw ErrorCodes.NoSuchEntry.Because(
                $"no checkpoint was signed at size {size}",
                "a consistency proof leads from any size to a later checkpoint: /v1/proofs/consistency"
            );
        return new(Answer(call, Checkpoint.ParseBody(note.Text), note, lease.Value));
    }

    private static ApiAnswer Answer(ApiCall call, Checkpoint says, SignedNote note, LedgerMoment moment)
    {
        var headers = new[] { ("Vary", "Accept, Authorization, Cookie") };
        if (call.Prefers("text/plain", BodyLimit.Json))
            return new BytesAnswer(note.ToBytes(), NoteType) { Size = says.Head.Size, Headers = headers };
        JsonValue value = JsonValue.Object(
            ("origin", says.Origin),
            ("size", says.Head.Size),
            ("root", moment.Hasher.Text(says.Head.Root)),
            ("note", note.ToString())
        );
        return new JsonAnswer(value) { Size = says.Head.Size, Headers = headers };
    }

    private static ValueTask<ApiAnswer> History(ApiCall call)
    {
        long from = call.Query.Integer("from");
        long to = call.Query.Integer("to");
        using Lease<LedgerMoment> lease = call.Ledger.Moment();
        LedgerMoment moment = lease.Value;
        Verification.SignedRoot[] roots =
        [
            .. moment
                .Glance.Signed(Math.Min(from, moment.Size))
                .TakeWhile(root => root.Head.Size <= to && !call.Cancellation.IsCancellationRequested)
                .Take(MostRoots + 1),
        ];
        bool hasMore = roots.Length > MostRoots;
        var history = new Verification.CheckpointHistory
        {
            Log = moment.Glance.Log,
            Hash = moment.Hasher,
            Roots = hasMore ? roots[..MostRoots] : roots,
        };
        string next = string.Create(
            null,
            $"<{call.Base}/v1/history?from={(hasMore ? roots[MostRoots - 1].Head.Size : 0)}&to={to}>; rel=\"next\""
        );
        return new(
            new BytesAnswer(history.ToBytes(), BodyLimit.Json)
            {
                Size = moment.Size,
                Headers = hasMore ? [("Link", next)] : [],
            }
        );
    }
}
