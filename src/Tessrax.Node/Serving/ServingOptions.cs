using Tessrax.Node.Appending;

namespace Tessrax.Node.Serving;

/// <summary>How a ledger is served in one process.</summary>
/// <param name="Pipeline">Limits and waits of appending.</param>
public sealed record ServingOptions(LedgerPipelineOptions Pipeline)
{
    public static ServingOptions Default { get; } = new(LedgerPipelineOptions.Default);

    /// <summary>How old a moment may be before a reader who asks for nothing newer is handed another one.</summary>
    public TimeSpan Freshness { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often a reader without a writer looks whether another process has appended.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a reader of a working copy rests between two times that it takes over what its database has; zero to leave that to others.</summary>
    public TimeSpan PullEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What brings new entries to a ledger that is served to be read; null to look for them in its directory alone.</summary>
    public ILedgerFeed? Feed { get; init; }

    /// <summary>How long after serving began the doctor looks at the ledger first: whoever starts a server over and over gets no examination each time.</summary>
    public TimeSpan ExamAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long after an examination the next one begins.</summary>
    public TimeSpan ExamEvery { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How often the steps are taken that time has made due.</summary>
    public TimeSpan DueEvery { get; init; } = TimeSpan.FromSeconds(10);
}
