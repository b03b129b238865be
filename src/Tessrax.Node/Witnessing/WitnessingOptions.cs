namespace Tessrax.Node.Witnessing;

/// <summary>How often witnesses are asked, and how long they may take.</summary>
public sealed record WitnessingOptions
{
    /// <summary>A grown ledger's checkpoint is offered at most so often.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>One that did not grow is cosigned again so often, so that its cosignatures tell that the log is alive.</summary>
    public TimeSpan Again { get; init; } = TimeSpan.FromHours(1);

    /// <summary>For one request, to the last byte of its answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a witness that failed is left alone; twice as long after each further failure.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>It is never left alone for longer, give or take half of it.</summary>
    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromSeconds(30);
}
