namespace Tessrax.Node.Appending;

/// <summary>How a <see cref="LedgerPipeline"/> batches and how long it waits. What is not said has a default that serves most.</summary>
public sealed class LedgerPipelineOptions
{
    /// <summary>The defaults.</summary>
    public static LedgerPipelineOptions Default { get; } = new();

    /// <param name="maxQueuedEntries">See <see cref="MaxQueuedEntries"/>.</param>
    /// <param name="maxQueuedBytes">See <see cref="MaxQueuedBytes"/>.</param>
    /// <param name="maxLinger">See <see cref="MaxLinger"/>.</param>
    /// <param name="maxQueueWait">See <see cref="MaxQueueWait"/>.</param>
    /// <param name="maxCommitWait">See <see cref="MaxCommitWait"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number below 1, a negative time, or a wait of none or more than a day.</exception>
    public LedgerPipelineOptions(
        int maxQueuedEntries = 16_384,
        long maxQueuedBytes = 64L << 20,
        TimeSpan maxLinger = default,
        TimeSpan? maxQueueWait = null,
        TimeSpan? maxCommitWait = null
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxQueuedEntries, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxQueuedBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLinger, TimeSpan.Zero);
        MaxQueuedEntries = maxQueuedEntries;
        MaxQueuedBytes = maxQueuedBytes;
        MaxLinger = maxLinger;
        MaxQueueWait = Wait(maxQueueWait ?? TimeSpan.FromSeconds(30), nameof(maxQueueWait));
        MaxCommitWait = Wait(maxCommitWait ?? TimeSpan.FromSeconds(60), nameof(maxCommitWait));
    }

    /// <summary>How many appends may be under way, from acceptance to acknowledgement; who comes then waits. 16,384: a few batches, so
    /// that the disk never waits for callers, and a fraction of a second of work, so that callers hardly wait for each other.</summary>
    public int MaxQueuedEntries { get; }

    /// <summary>How many bytes of them may be under way. 64 MiB: room for that many entries of a few kilobytes, and for large payloads one after another.</summary>
    public long MaxQueuedBytes { get; }

    /// <summary>How long a batch may wait for company when the disk is idle. None: what waits while the disk is busy is company enough, and
    /// a lone caller is served at once. A disk that wears, or that is paid by the operation, may be worth a few milliseconds.</summary>
    public TimeSpan MaxLinger { get; }

    /// <summary>How long an append may wait before it is taken into a batch; then it is refused and surely not appended. 30 seconds: longer than a
    /// disk's worst pause, shorter than people's patience.</summary>
    public TimeSpan MaxQueueWait { get; }

    /// <summary>How long one batch may take to become durable; then its callers are told that the outcome is unknown, and the pipeline stops.
    /// A minute: a disk that has said nothing for so long is taken for broken.</summary>
    public TimeSpan MaxCommitWait { get; }

    private static TimeSpan Wait(TimeSpan wait, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(wait, TimeSpan.Zero, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(wait, TimeSpan.FromDays(1), name);
        return wait;
    }
}
