using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Serving;

namespace Tessrax.Node.Witnessing;

/// <summary>What is known of one witness of a policy: the size that it cosigned, and when it is asked again.</summary>
/// <remarks>One task at a time asks; the properties are read by others.</remarks>
internal sealed class WitnessSeat(
    string name,
    VerifierKey key,
    WitnessClient client,
    NodeEnvironment environment,
    WitnessingOptions options
)
{
    private long held;
    private long askedAt;
    private TimeSpan pause;
    private int failures;

    /// <summary>Its name in the policy.</summary>
    public string Name => name;

    /// <summary>Its key.</summary>
    public VerifierKey Key => key;

    /// <summary>The size that it cosigned last, as far as it was asked.</summary>
    public long Size => Volatile.Read(ref held);

    /// <summary>When it cosigned last, by this process's clock, or as its line said that was kept; null before it did.</summary>
    public UtcTime? CosignedAt { get; private set; }

    /// <summary>Why the last request brought nothing; null if it did.</summary>
    public string? Problem { get; private set; }

    /// <summary>Whether the last request brought an answer, of whatever kind.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>What it says that this ledger cannot be the log that it knows; null if it does not.</summary>
    public string? Contradiction { get; private set; }

    /// <summary>How long it is still left alone, unless the ledger grows and nothing is wrong.</summary>
    public TimeSpan Rest => TimeSpan.FromTicks(Math.Max(0, (pause - environment.Clock.GetElapsedTime(askedAt)).Ticks));

    /// <summary>Whether it is to be asked about a tree of that size now.</summary>
    public bool IsDue(long size) => Rest == TimeSpan.Zero || (Problem is null && Size < size);

    /// <summary>Takes up what a process before this one kept of it.</summary>
    /// <param name="size">The size that it cosigned.</param>
    /// <param name="time">When, by its own clock.</param>
    public void Remember(long size, UtcTime time)
    {
        Volatile.Write(ref held, size);
        var now = UtcTime.Now(environment.Clock);
        CosignedAt = time > now ? now : time;
    }

    /// <summary>Asks it to cosign the checkpoint of a moment.</summary>
    /// <returns>Its line; null if it gave none.</returns>
    public async Task<NoteSignature?> AskAsync(LedgerMoment moment, CancellationToken cancel)
    {
        WitnessReply reply = await client.AskAsync(RequestFor(moment, Size), cancel).ConfigureAwait(false);
        // It knows better what it cosigned: a process that begins starts from what was kept, or from 0.
        if (reply is WitnessReply.Holds { Size: var known } && known != Size && known <= moment.Size)
        {
            Volatile.Write(ref held, known);
            reply = await client.AskAsync(RequestFor(moment, known), cancel).ConfigureAwait(false);
        }
        return Take(reply, moment.Size);
    }

    private NoteSignature? Take(WitnessReply reply, long size)
    {
        askedAt = environment.Clock.GetTimestamp();
        HasAnswered = reply is not WitnessReply.Failed { IsSilent: true };
        if (reply is WitnessReply.Cosigned { Line: var line })
        {
            Volatile.Write(ref held, size);
            (failures, Problem, Contradiction) = (0, null, null);
            CosignedAt = UtcTime.Now(environment.Clock);
            pause = options.Again;
            return line;
        }
        Contradiction = reply switch
        {
            WitnessReply.Holds { Size: var ahead } when ahead > size =>
                $"it has cosigned {ahead} entries, and this ledger has {size}",
            WitnessReply.Inconsistent =>
                $"this ledger's {size} entries do not begin with the {Size} that it has cosigned",
            _ => null,
        };
        Problem =
            Contradiction
            ?? (reply is WitnessReply.Failed { Why: var why } ? why : "it has another size each time that it is asked");
        failures++;
        pause = Backoff();
        return null;
    }

    // With jitter, so that many logs do not come back to a witness at once.
    private TimeSpan Backoff()
    {
        double longest = options.LongestBackoff / options.FirstBackoff;
        TimeSpan wait = options.FirstBackoff * Math.Min(Math.Pow(2, Math.Min(failures - 1, 62)), longest);
        return wait * (0.5 + (environment.RandomBytes(1)[0] / 256.0));
    }

    private static AddCheckpointRequest RequestFor(LedgerMoment moment, long old)
    {
        Digest[] proof =
            old == 0 ? [] : ConsistencyProof.Prove(moment.Glance.Tree, old, moment.Size, TreeHasher.Sha256);
        return AddCheckpointRequest.Create(old, proof, moment.Checkpoint);
    }
}
