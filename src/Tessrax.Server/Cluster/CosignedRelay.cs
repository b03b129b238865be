using Tessrax.Hashing;
using Tessrax.Keys;

namespace Tessrax.Server.Cluster;

/// <summary>Knows on each node what witnesses have cosigned, whom the node that writes the ledger asks. What was heard last is told while nobody writes.</summary>
internal sealed class CosignedRelay(IGrainFactory grains, Digest id, TimeProvider clock)
{
    // As long as clients may keep a checkpoint themselves.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock access = new();
    private (SignedNote? Note, long Size) newest;
    private long? askedAt;
    private Task asking = Task.CompletedTask;

    /// <summary>The newest that this node has heard of.</summary>
    public async ValueTask<(SignedNote? Note, long Size)> NewestAsync()
    {
        Task heard;
        lock (access)
        {
            bool isOld = askedAt is not { } at || clock.GetElapsedTime(at) > Fresh;
            if (isOld && asking.IsCompleted)
                asking = Task.Run(Ask);
            heard = asking;
        }
        await heard;
        lock (access)
            return newest;
    }

    private async Task Ask()
    {
        SignedNote? heard = null;
        try
        {
            byte[] bytes = await grains.GetGrain<ILedgerGrain>(id.ToHex()).Cosigned().WaitAsync(Patience, clock);
            heard = bytes.Length > 0 ? SignedNote.Parse(bytes) : null;
        }
        catch (Exception e) when (Lost.IsOne(e))
        {
            // Told again the next time.
        }
        lock (access)
        {
            askedAt = clock.GetTimestamp();
            if (heard is not null && Checkpoint.ParseBody(heard.Text).Head.Size is var size && size >= newest.Size)
                newest = (heard, size);
        }
    }
}
