using Tessrax.Canonical;
using Tessrax.Node.Recovery;
using Tessrax.Node.Serving;
using Tessrax.Node.Wording;

namespace Tessrax.Web.Data;

/// <summary>One thing that the doctor found.</summary>
/// <param name="Fault">What.</param>
/// <param name="Says">In a sentence.</param>
/// <param name="Remedy">What to do; null if nothing is known.</param>
public sealed record FaultRow(Fault Fault, string Says, string? Remedy);

/// <summary>What the doctor says of a served ledger.</summary>
public sealed record HealthView
{
    /// <summary>Findings that a page shows.</summary>
    private const int Most = 50;

    /// <summary>When the first examination begins, or began.</summary>
    public required UtcTime FirstAt { get; init; }

    /// <summary>The newest examination that has ended; null if none has.</summary>
    public ExamResult? Last { get; private init; }

    /// <summary>How many entries the present examination has gone through; null if there is none.</summary>
    public long? Looked { get; private init; }

    /// <summary>What was found, the gravest first.</summary>
    public IReadOnlyList<FaultRow> Faults { get; private init; } = [];

    /// <summary>How many findings are not shown.</summary>
    public int NotShown { get; private init; }

    /// <summary>In a word.</summary>
    public string Word =>
        Last switch
        {
            null => Looked is null ? "not yet" : "examining",
            { Failure: not null } => "not examined",
            { Found.IsHealthy: true } => "healthy",
            _ => "not healthy",
        };

    /// <summary>Its tone.</summary>
    public string Tone =>
        Last switch
        {
            null => "own",
            { Found.IsHealthy: true } => "good",
            _ => "bad",
        };

    /// <summary>What is known now.</summary>
    public static HealthView Of(ServedLedger ledger)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ExamResult? last = ledger.Exam.Last;
        IReadOnlyList<Fault> all = last?.Found?.Faults ?? [];
        string path = ledger.Directory.Path;
        return new HealthView
        {
            FirstAt = ledger.Exam.FirstAt,
            Last = last,
            Looked = ledger.Exam.Looked,
            Faults = [.. all.Take(Most).Select(fault => Row(fault, path))],
            NotShown = Math.Max(0, all.Count - Most),
        };
    }

    // Where the ledger lies is for those who have the machine.
    private static FaultRow Row(Fault fault, string path) =>
        new(
            fault with
            {
                File = Hide(fault.File, path),
            },
            Hide(fault.Says, path),
            fault.Remedy is { } remedy ? Hide(remedy, path) : null
        );

    private static string Hide(string text, string path) =>
        text.Replace(ShellText.Of($"{path}"), "DIR", StringComparison.Ordinal)
            .Replace(path, "DIR", StringComparison.Ordinal);
}
