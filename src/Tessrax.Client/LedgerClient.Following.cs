using System.Runtime.ExceptionServices;
using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Client;

// The tail of a ledger, by server-sent events.
public sealed partial class LedgerClient
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>Hands out the entries from one on as they come, each proven in an accepted checkpoint, none left out and none twice, also where the connection breaks. It ends by being cancelled.</summary>
    /// <param name="from">The first entry.</param>
    /// <param name="seen">Told of each, one after the other.</param>
    /// <param name="away">Told each time that the server cannot be asked, before it is asked again; null if nobody wants to know.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    /// <exception cref="TessraxException">TSX6040: what came does not hold; TSX6041, or the server's own: it refused, and not for the moment alone.</exception>
    public async Task FollowAsync(
        long from,
        Action<VerifiedReceipt> seen,
        Action<TessraxException>? away = null,
        CancellationToken cancel = default
    )
    {
        ArgumentNullException.ThrowIfNull(seen);
        var tail = new Tail(this, from, seen, cancel);
        TimeSpan pause = FirstPause;
        while (true)
        {
            long before = tail.Next;
            try
            {
                await transport.SendAsync(tail.Ask(), cancel).ConfigureAwait(false);
            }
            catch (Exception) when (tail.Failed is { } ours)
            {
                ours.Throw();
            }
            catch (TessraxException e) when (e.Code.Class == ErrorClass.Storage || e.Code == ErrorCodes.TooManyRequests)
            {
                // The server is away, or ends, or has no room. What it has meanwhile is there afterwards.
                away?.Invoke(e);
            }
            pause = tail.Next > before ? FirstPause : pause;
            await Task.Delay(pause, options.Clock, cancel).ConfigureAwait(false);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async ValueTask<VerifiedReceipt> ComeAsync(ReadOnlyMemory<byte> data, long index, CancellationToken cancel)
    {
        JsonValue given;
        try
        {
            given = JsonValue.Parse(data.Span);
        }
        catch (TessraxException e)
        {
            throw new TessraxException(ErrorCodes.AnswerBroken, $"entry {index} came as what is no JSON", null, e);
        }
        VerifiedCheckpoint checkpoint = await CoveringAsync(index + 1, cancel).ConfigureAwait(false);
        while (checkpoint.Head.Size <= index)
        {
            // An entry is sent once the log has signed a tree with it. Its witnesses come after that.
            if (Trust.Policy.LogOnly)
                throw ErrorCodes.AnswerBroken.Because(
                    $"the server sends entry {index}, and its checkpoint covers {checkpoint.Head.Size}"
                );
            await Task.Delay(FirstPause, options.Clock, cancel).ConfigureAwait(false);
            checkpoint = await CheckpointAsync(cancel).ConfigureAwait(false);
        }
        Digest[] proof = await ProveInclusionAsync(index, checkpoint, cancel).ConfigureAwait(false);
        return ReceiptJudge.Judge(given, index, proof, checkpoint, Trust, options.Clock);
    }

    /// <summary>How far a ledger was followed.</summary>
    private sealed class Tail(LedgerClient client, long from, Action<VerifiedReceipt> seen, CancellationToken cancel)
    {
        /// <summary>The entry that is due.</summary>
        public long Next { get; private set; } = from;

        /// <summary>What whoever is told of the entries threw: no fault of the server's.</summary>
        public ExceptionDispatchInfo? Failed { get; private set; }

        /// <summary>The request for those that are to come.</summary>
        public Asking Ask() =>
            new(HttpMethod.Get, Invariant($"v1/events?from={Next}"))
            {
                Reads = ReadAsync,
                // From there on, and no more from where this one began.
                MayRepeat = false,
            };

        private async ValueTask ReadAsync(Stream stream, CancellationToken stop)
        {
            var events = new EventReader(stream, client.options.Timeout);
            while (await events.NextAsync(stop).ConfigureAwait(false) is { } told)
            {
                if (told.Name != "receipt")
                    continue;
                VerifiedReceipt come = await client.ComeAsync(told.Data, Next, cancel).ConfigureAwait(false);
                try
                {
                    seen(come);
                }
                catch (Exception e)
                {
                    Failed = ExceptionDispatchInfo.Capture(e);
                    throw;
                }
                Next++;
            }
        }
    }
}
