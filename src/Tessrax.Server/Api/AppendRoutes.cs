using System.Buffers.Text;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Server.Access;
using Tessrax.Server.Host;
using Tessrax.Server.Telemetry;

namespace Tessrax.Server.Api;

/// <summary>Appending receipts, one or many, and asking what became of one.</summary>
/// <remarks>An answer is given when what it tells of is durable. A client that goes away changes nothing: what was accepted is appended.</remarks>
internal static class AppendRoutes
{
    /// <summary>The most receipts in one request.</summary>
    public const int MostTogether = 1024;

    // A payload of the greatest size, and its wrapping.
    private const int OneBytes = Receipt.MaxPayloadBytes + 128 * 1024;
    private const int ManyBytes = 8 * 1024 * 1024;

    private static readonly ErrorCode[] Refusals =
    [
        ErrorCodes.TooLarge,
        ErrorCodes.NotAppendable,
        ErrorCodes.NonceReused,
        .. ApiRoute.OfWriting,
    ];

    private static readonly JsonValue Example = JsonValue.Parse(
        """{"event":"x-model-released","data":{"model":"m-7","version":"1.4.0"}}"""u8
    );

    public static IEnumerable<ApiRoute> All { get; } =
    [
        new ApiRoute("POST", "/v1/receipts", Role.Submitter, One)
        {
            NeedsWriter = true,
            Summary =
                "Appends an event of one's own; 200 instead of 201 if the same was appended before under this Idempotency-Key",
            Body = "append",
            BodyExample = Example,
            Answer = "appended",
            Status = 201,
            AlsoStatus = [200],
            Headers = [IdempotencyKey.Header],
            Limit = new BodyLimit(OneBytes, BodyLimit.Json),
            Query = [AppendAnswer.WithProof],
            Errors = Refusals,
        },
        new ApiRoute("POST", "/v1/receipts/batch", Role.Submitter, Many)
        {
            NeedsWriter = true,
            Summary = $"Appends up to {MostTogether} events in order; if one is not what it should be, none",
            Body = "append-batch",
            BodyExample = JsonValue.Object(("receipts", JsonValue.Of([Example]))),
            Answer = "appended-batch",
            Status = 201,
            AlsoStatus = [200],
            Headers = [IdempotencyKey.Header],
            Limit = new BodyLimit(ManyBytes, BodyLimit.Json),
            Query = [AppendAnswer.WithProof],
            Errors = [.. Refusals, ErrorCodes.PartlyAppended],
        },
        new ApiRoute("GET", "/v1/appends/{token}", Role.Submitter, Fate)
        {
            NeedsWriter = true,
            Summary =
                "What became of an append whose outcome was unknown: by the token of the problem, in base64url; also after a restart",
            Answer = "append-fate",
            Errors = [ErrorCodes.Overloaded, ErrorCodes.QueueWait, ErrorCodes.PipelineClosed],
        },
    ];

    private static async ValueTask<ApiAnswer> One(ApiCall call)
    {
        bool withProof = AppendAnswer.WantsProof(call);
        JsonValue given = call.Json();
        var key = IdempotencyKey.Of(call);
        call.Get<LedgerQuota>().Take(call, 1);
        LedgerPipeline pipeline = call.Ledger.Pipeline;
        long begun = call.Environment.Clock.GetTimestamp();
        AppendReceipt receipt;
        if (AppendBody.IsSigned(given))
        {
            RequireNoKey(key);
            SignedDraft signed = AppendBody.Signed(given, "$");
            receipt = await pipeline.AppendAsync(signed.Signed, signed.Payload);
        }
        else
        {
            receipt = await Under(key, pipeline.AppendAsync(AppendBody.Own(given, "$", key?.Nonce() ?? [])));
        }
        call.Get<LedgerMeters>().Appended(1, begun);
        return await AppendAnswer.Witnessed(call, AppendAnswer.Of(call, receipt, withProof));
    }

    private static async ValueTask<ApiAnswer> Many(ApiCall call)
    {
        bool withProofs = AppendAnswer.WantsProof(call);
        var reader = new ObjectReader(call.Json());
        List<(JsonValue Value, string Path)> given = reader.Array("receipts", MostTogether);
        reader.End();
        if (given.Count == 0)
            throw reader.Fault("receipts", "must have one item at least");
        var key = IdempotencyKey.Of(call);
        int signed = given.Count(one => AppendBody.IsSigned(one.Value));
        if (signed is not 0 && signed < given.Count)
            throw reader.Fault("receipts", "holds bodies that were signed elsewhere, and others: send them apart");
        call.Get<LedgerQuota>().Take(call, given.Count);
        LedgerPipeline pipeline = call.Ledger.Pipeline;
        long begun = call.Environment.Clock.GetTimestamp();
        IReadOnlyList<AppendReceipt> receipts;
        if (signed > 0)
        {
            RequireNoKey(key);
            SignedDraft[] bodies = [.. given.Select(one => AppendBody.Signed(one.Value, one.Path))];
            receipts = await pipeline.AppendAsync(bodies);
        }
        else
        {
            OwnDraft[] drafts = [.. given.Select((one, i) => AppendBody.Own(one.Value, one.Path, key?.Nonce(i) ?? []))];
            receipts = await Under(key, new ValueTask<IReadOnlyList<AppendReceipt>>(pipeline.AppendAsync(drafts)));
        }
        call.Get<LedgerMeters>().Appended(receipts.Count, begun);
        return await AppendAnswer.Witnessed(call, AppendAnswer.Of(call, receipts, withProofs));
    }

    // Whoever sends a key never saw the nonce that is made of it.
    private static async ValueTask<T> Under<T>(IdempotencyKey? key, ValueTask<T> append)
    {
        try
        {
            return await append;
        }
        catch (TessraxException e) when (key is not null && e.Code == ErrorCodes.NonceReused)
        {
            throw new TessraxException(
                e.Code,
                $"the idempotency key was used before for something else: {e.Message}",
                "take another key, or send what was sent under this one",
                e
            );
        }
    }

    private static async ValueTask<ApiAnswer> Fate(ApiCall call)
    {
        string text = call.Part("token");
        if (
            !Base64Url.IsValid(text)
            || !AppendToken.TryParse(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)), out AppendToken? token)
        )
            throw ErrorCodes.RequestRefused.Because(
                "the address holds no token",
                "the token of an append stands in the problem that said that its outcome is unknown; write it in base64url"
            );
        AppendFate fate = await call.Ledger.Pipeline.FindAsync(token!, call.Cancellation);
        return new JsonAnswer(
            JsonValue.Object(("outcome", Word(fate.Outcome)), ("index", fate.Index is { } index ? index : null))
        );
    }

    private static string Word(AppendOutcome outcome) =>
        outcome switch
        {
            AppendOutcome.Committed => "committed",
            AppendOutcome.NotThere => "not-there",
            _ => "forgotten",
        };

    // Two nonces for one entry would be one too many.
    private static void RequireNoKey(IdempotencyKey? key)
    {
        if (key is not null)
            throw new TessraxException(
                ErrorCodes.RequestRefused,
                $"{IdempotencyKey.HeaderName} does not go with a body that was signed elsewhere: its own nonce makes it the same append"
            );
    }
}
