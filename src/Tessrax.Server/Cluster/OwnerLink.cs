using Tessrax.Hashing;
using Tessrax.Server.Api;

namespace Tessrax.Server.Cluster;

/// <summary>Hands what only a ledger's writer can answer to the node that has it, and asks again where that one has gone.</summary>
/// <remarks>
/// Asked again without the client's doing is what was surely not done, and what is done once however often it is asked. Of anything else a client is told that nobody knows what became of it (TSX3009).
/// </remarks>
/// <param name="grains">Finds the writer.</param>
/// <param name="id">The ledger.</param>
/// <param name="options">How patient to be.</param>
/// <param name="roster">Knows who could write.</param>
/// <param name="reach">Brings what the writer made durable to the copy that is read here.</param>
internal sealed class OwnerLink(
    IGrainFactory grains,
    Digest id,
    NodeOptions options,
    NodeRoster roster,
    Action<long> reach
) : IOwner
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    // Of these nothing was done.
    private static readonly int[] NotDone =
    [
        ErrorCodes.StaleWriter.Number,
        ErrorCodes.PipelineClosed.Number,
        ErrorCodes.NoOwner.Number,
        ErrorCodes.Locked.Number,
        ErrorCodes.StoreAway.Number,
    ];

    private readonly string key = id.ToHex();

    public bool CanAppend => roster.HasHolder(id);

    public async ValueTask<ApiAnswer> Ask(ApiCall call)
    {
        bool mayRepeat =
            call.Route.IsRepeatable
            || HttpMethods.IsGet(call.Route.Method)
            || (
                call.Route.Headers.Contains(IdempotencyKey.Header) && call.Header(IdempotencyKey.HeaderName) is not null
            );
        var request = HandedRequest.Of(call);
        long begun = call.Environment.Clock.GetTimestamp();
        for (TimeSpan pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            HandedAnswer? answer = await Try(request);
            bool isOver = call.Environment.Clock.GetElapsedTime(begun) + pause > options.Patience;
            if (answer is null && (!mayRepeat || isOver))
                throw Unknown();
            if (answer is not null && (isOver || !MayAskAgain(answer, mayRepeat)))
            {
                RelayedAnswer told = Answered(answer);
                // The copy has it now; who reads it here is to see it.
                if (call.Route.IsLookedUp)
                    call.Ledger.Follow(answer.Size);
                return told;
            }
            await Task.Delay(pause, call.Environment.Clock, call.Cancellation);
        }
    }

    private static bool MayAskAgain(HandedAnswer answer, bool mayRepeat) =>
        NotDone.Contains(answer.Code) || (mayRepeat && answer.Code == ErrorCodes.OutcomeUnknown.Number);

    private static TessraxException Unknown() =>
        new(
            ErrorCodes.OutcomeUnknown,
            "the node that writes the ledger did not answer, and nobody knows whether it did what it was asked",
            $"send the same request again with the same {IdempotencyKey.HeaderName}, or look whether it was done before you send it without one"
        );

    private async Task<HandedAnswer?> Try(HandedRequest request)
    {
        try
        {
            return await grains.GetGrain<ILedgerGrain>(key).Handle(request);
        }
        catch (Exception e) when (Lost.IsOne(e))
        {
            return null;
        }
    }

    private RelayedAnswer Answered(HandedAnswer answer)
    {
        reach(answer.Size);
        return new RelayedAnswer(answer.Status, answer.Body)
        {
            // How long it is, and whether the connection goes on, is this server's business.
            Headers =
            [
                .. answer
                    .Headers.Where(header => header.Key is not ("Content-Length" or "Connection"))
                    .Select(header => (header.Key, header.Value)),
            ],
        };
    }
}
