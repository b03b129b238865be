using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Serving;
using Tessrax.Node.Transactions;
using Tessrax.Server.Access;
using Tessrax.Server.Host;

namespace Tessrax.Server.Api;

/// <summary>Receipts in two phases.</summary>
internal static class TransactionRoutes
{
    private const int MostBytes = Receipt.MaxPayloadBytes + 128 * 1024;

    public static IEnumerable<ApiRoute> All { get; } =
    [
        new ApiRoute("POST", "/v1/transactions", Role.Submitter, Prepare)
        {
            NeedsWriter = true,
            Summary = "Makes an event of one's own durable and undecided; it has a token, and no index yet",
            Body = "prepare",
            BodyExample = JsonValue.Parse("""{"event":"x-paid","data":{"invoice":"i-1"},"expires":"PT10M"}"""u8),
            Answer = "transaction",
            Status = 201,
            Headers = [IdempotencyKey.Header],
            Limit = new BodyLimit(MostBytes, BodyLimit.Json),
            Errors =
            [
                .. ApiRoute.OfWriting,
                ErrorCodes.NotAppendable,
                ErrorCodes.NonceReused,
                ErrorCodes.TooManyPrepared,
            ],
        },
        new ApiRoute("GET", "/v1/transactions", Role.Submitter, Undecided)
        {
            NeedsWriter = true,
            Summary = "The prepared receipts that wait for their decision, the oldest first",
            Answer = "transactions",
            Errors = ApiRoute.OfWriting,
        },
        new ApiRoute("GET", "/v1/transactions/{token}", Role.Submitter, Ask)
        {
            NeedsWriter = true,
            Summary = "What became of a prepared receipt",
            Answer = "transaction",
            Errors = [.. ApiRoute.OfWriting, ErrorCodes.NoSuchTransaction],
        },
        new ApiRoute("POST", "/v1/transactions/{token}/commit", Role.Submitter, Commit)
        {
            NeedsWriter = true,
            IsRepeatable = true,
            IsLookedUp = true,
            Summary = "Appends a prepared receipt; done again, it gives the same index",
            Answer = "transaction",
            Errors =
            [
                .. ApiRoute.OfWriting,
                ErrorCodes.NoSuchTransaction,
                ErrorCodes.TransactionAborted,
                ErrorCodes.TransactionExpired,
            ],
        },
        new ApiRoute("POST", "/v1/transactions/{token}/abort", Role.Submitter, Abort)
        {
            NeedsWriter = true,
            IsRepeatable = true,
            Summary = "Gives a prepared receipt up for good; done again, it changes nothing",
            Answer = "transaction",
            Errors = [.. ApiRoute.OfWriting, ErrorCodes.NoSuchTransaction, ErrorCodes.TransactionCommitted],
        },
    ];

    // Nobody who hangs up decides: once the body is here, what is asked for is done.
    private static async ValueTask<ApiAnswer> Prepare(ApiCall call)
    {
        var reader = new ObjectReader(call.Json());
        TimeSpan? validity = Duration(reader);
        Draft draft = AppendBody.Draft(reader, IdempotencyKey.Of(call)?.Nonce() ?? []);
        call.Get<LedgerQuota>().Take(call, 1);
        TransactionStatus status = await call.Ledger.Transactions.PrepareAsync(draft, validity);
        return Of(status) with
        {
            Status = StatusCodes.Status201Created,
            Location = $"{call.Base}/v1/transactions/{status.Token}",
        };
    }

    private static async ValueTask<ApiAnswer> Undecided(ApiCall call)
    {
        IReadOnlyList<TransactionStatus> waiting = await call.Ledger.Transactions.UndecidedAsync(call.Cancellation);
        return new JsonAnswer(
            JsonValue.Object(("transactions", JsonValue.Of(waiting.Select(status => status.ToJson()))))
        );
    }

    private static async ValueTask<ApiAnswer> Ask(ApiCall call)
    {
        TransactionStatus status = await call.Ledger.Transactions.AskAsync(Token(call), call.Cancellation);
        return status.State is null && !status.IsDamaged
            ? throw ErrorCodes.NoSuchTransaction.Because($"no prepared receipt has the token {status.Token}")
            : Of(status);
    }

    private static async ValueTask<ApiAnswer> Commit(ApiCall call)
    {
        TransactionToken token = Token(call);
        long index = await call.Ledger.Transactions.CommitAsync(token);
        using Lease<LedgerMoment> lease = call.Ledger.Moment(index + 1);
        return ApiCall.Of(
            lease.Value,
            JsonValue.Object(
                ("token", token.ToString()),
                ("state", TransactionRecord.TextOf(TransactionState.Committed)),
                ("index", index)
            )
        );
    }

    private static async ValueTask<ApiAnswer> Abort(ApiCall call)
    {
        TransactionToken token = Token(call);
        await call.Ledger.Transactions.AbortAsync(token);
        return Of(await call.Ledger.Transactions.AskAsync(token));
    }

    private static JsonAnswer Of(TransactionStatus status) => new(status.ToJson());

    private static TransactionToken Token(ApiCall call) =>
        TransactionToken.TryParse(call.Part("token"))
        ?? throw ErrorCodes.RequestRefused.Because("the address holds no token: it has 32 of 0-9 and a-f");

    private static TimeSpan? Duration(ObjectReader reader)
    {
        if (reader.OptionalString("expires", 32) is not { } text)
            return null;
        return IsoDuration.TryParseToSeconds(text, out TimeSpan duration) && duration > TimeSpan.Zero
            ? duration
            : throw reader.Fault("expires", "must be a duration such as PT90S, PT30M, PT12H or P7D");
    }
}
