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

    /// <summary>How often the steps are taken that time has made due.</summary>
    public TimeSpan DueEvery { get; init; } = TimeSpan.FromSeconds(10);
}
