using System.Data.Common;
using Orleans.Concurrency;
using Tessrax.Hashing;
using Tessrax.Node.Logging;

namespace Tessrax.Server.Cluster;

/// <summary>Opens the ledger on the node where it was placed, at the first request, and closes it when it leaves.</summary>
/// <remarks>Requests are worked on side by side: the ledger's own pipeline puts them in order, and makes batches of them.</remarks>
[Reentrant]
[KeyHolderPlacement]
[GrainType("tessrax.ledger")]
internal sealed class LedgerGrain(NodeLedgers ledgers) : Grain, ILedgerGrain, IRemindable
{
    // A ledger that nobody writes to does not keep its place for ever, but what time makes due must be taken on time.
    private static readonly TimeSpan Rest = TimeSpan.FromHours(1);

    // Orleans takes no shorter one.
    private static readonly TimeSpan Often = TimeSpan.FromMinutes(1);

    private const string Awake = "awake";

    private Task<OpenedWriter>? opening;
    private long asked;

    private Digest Id =>
        Digest.TryParseHex(this.GetPrimaryKeyString(), out Digest id)
            ? id
            : throw new InvalidOperationException("a ledger's writer has another key than its id");

    public async Task<HandedAnswer> Handle(HandedRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        asked = ledgers.Environment.Clock.GetTimestamp();
        OpenedWriter writer;
        try
        {
            writer = await Writer();
        }
        catch (TessraxException e)
        {
            ledgers.Environment.Logger.OwnerFails(this.GetPrimaryKeyString(), e.Message, e.Code);
            return HandedAnswer.Of(e);
        }
        HandedAnswer answer = writer.GivenUp.IsCompleted ? HandedAnswer.Of(Left()) : await Answer(writer, request);
        if (writer.HasEnded)
            GiveBack();
        return answer;
    }

    public async Task<byte[]> Cosigned()
    {
        try
        {
            return (await Writer()).Cosigned;
        }
        catch (TessraxException)
        {
            return [];
        }
    }

    public Task Leave()
    {
        if (ledgers.IsDraining)
            DeactivateOnIdle();
        return Task.CompletedTask;
    }

    /// <summary>Wakes the writer of a ledger whose node has gone, although nobody asks for it: time makes things due, and witnesses are to cosign.</summary>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        try
        {
            OpenedWriter writer = await Writer();
            bool rests = ledgers.Environment.Clock.GetElapsedTime(asked) > Rest && !await writer.Waits();
            if (!writer.HasEnded && !rests)
                return;
            if (rests && await this.GetReminder(Awake) is { } reminder)
                await this.UnregisterReminder(reminder);
        }
        catch (TessraxException e)
        {
            ledgers.Environment.Logger.OwnerFails(this.GetPrimaryKeyString(), e.Message, e.Code);
        }
        GiveBack();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (opening is not { } begun)
            return;
        try
        {
            OpenedWriter writer = await begun;
            Task closing = Close(writer);
            // Another node is not to wait for what may hang here.
            if (!writer.GivenUp.IsCompleted)
                await closing;
        }
        catch (TessraxException e)
        {
            ledgers.Environment.Logger.OwnerFails(this.GetPrimaryKeyString(), e.Message, e.Code);
        }
    }

    // A node that does not reach the database hands the ledger on to one that does, if there is one.
    private void GiveBack()
    {
        if (ledgers.IsCutOff)
            MigrateOnIdle();
        else
            DeactivateOnIdle();
    }

    private static TessraxException Left() =>
        ErrorCodes.NoOwner.Because("this node does not reach the database", "another one takes over: ask again");

    // What has begun here may be done, or not.
    private static async Task<HandedAnswer> Answer(OpenedWriter writer, HandedRequest request)
    {
        Task<HandedAnswer> answer = Task.Run(() => writer.Answer(request));
        await Task.WhenAny(answer, writer.GivenUp);
        return answer.IsCompleted
            ? await answer
            : HandedAnswer.Of(
                ErrorCodes.OutcomeUnknown.Because("the node that wrote the ledger does not reach the database any more")
            );
    }

    private Task Close(OpenedWriter writer) =>
        Task.Run(async () =>
        {
            try
            {
                await writer.DisposeAsync();
            }
            catch (TessraxException e)
            {
                ledgers.Environment.Logger.OwnerFails(this.GetPrimaryKeyString(), e.Message, e.Code);
            }
        });

    // Where it is not opened, it moves to a better place, if there is one. To leave would not do: other nodes remember where it was, and wake it there again.
    private async Task<OpenedWriter> Writer()
    {
        if (opening is { } begun)
            return await begun;
        asked = ledgers.Environment.Clock.GetTimestamp();
        Task<OpenedWriter> mine = opening = Task.Run(Open);
        try
        {
            OpenedWriter writer = await mine;
            _ = StayAwake();
            return writer;
        }
        catch
        {
            opening = null;
            // A node that is about to leave hands over all that it has.
            if (ledgers.IsDraining)
                DeactivateOnIdle();
            else
                MigrateOnIdle();
            throw;
        }
    }

    private async Task<OpenedWriter> Open()
    {
        try
        {
            return await ledgers.OpenWriterAsync(Id);
        }
        catch (Exception e) when (e is not TessraxException)
        {
            throw new TessraxException(ErrorCodes.Bug, $"{e.GetType().Name}: {e.Message}", null, e);
        }
    }

    // Whoever asked need not wait for it, nor fail with it: the next writer asks for it again.
    private async Task StayAwake()
    {
        try
        {
            await this.RegisterOrUpdateReminder(Awake, Often, Often);
        }
        catch (Exception e) when (e is DbException or OrleansException or TimeoutException)
        {
            ledgers.Environment.Logger.SiloWarns(nameof(LedgerGrain), "no reminder was left", e.Message);
        }
    }
}
