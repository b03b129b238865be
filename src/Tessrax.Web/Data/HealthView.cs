using Tessrax.Canonical;
using Tessrax.Node;
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

    /// <summary>Whether the newest examination found something that needs doing, or could not be made.</summary>
    public bool IsIll => Last is { Found: null or { IsHealthy: false } };

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
            _ => IsIll ? "bad" : "good",
        };

    /// <summary>How many findings are about the machine, and not about the ledger: they are for whoever runs it.</summary>
    public int OfMachine { get; private init; }

    /// <summary>What is known now.</summary>
    public static HealthView Of(ServedLedger ledger, NodeEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(environment);
        ExamResult? last = ledger.Exam.Last;
        IReadOnlyList<Fault> all = last?.Found?.Faults ?? [];
        Fault[] told = [.. all.Where(fault => !IsOfMachine(fault))];
        (string?, string)[] places =
        [
            (ledger.Directory.Path, "DIR"),
            (environment.ConfigDirectory, "CONFIG"),
            (environment.StateDirectory, "STATE"),
        ];
        return new HealthView
        {
            FirstAt = ledger.Exam.FirstAt,
            Last = last,
            Looked = ledger.Exam.Looked,
            Faults = [.. told.Take(Most).Select(fault => Row(fault, places))],
            NotShown = Math.Max(0, told.Length - Most),
            OfMachine = all.Count - told.Length,
        };
    }

    // Who may read key files, and where, is no news for whoever reads pages; whether enough may approve follows from the ledger.
    private static bool IsOfMachine(Fault fault) =>
        fault.Area switch
        {
            FaultArea.Keys => fault.File.StartsWith("keys", StringComparison.Ordinal),
            FaultArea.Disk or FaultArea.Permissions or FaultArea.Configuration => true,
            _ => false,
        };

    private static FaultRow Row(Fault fault, (string? Path, string Word)[] places) =>
        new(
            fault with
            {
                File = Hide(fault.File, places),
            },
            Hide(fault.Says, places),
            fault.Remedy is { } remedy ? Hide(remedy, places) : null
        );

    // Where things lie is for those who have the machine.
    private static string Hide(string text, (string? Path, string Word)[] places)
    {
        foreach ((string? path, string word) in places)
        {
            if (path is { Length: > 0 })
                text = text.Replace(ShellText.Word(path), word, StringComparison.Ordinal)
                    .Replace(path, word, StringComparison.Ordinal);
        }
        return text;
    }
}
