using System.Runtime.InteropServices;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Conformance;

/// <summary>What was recorded.</summary>
/// <param name="Ledger">The ledger's directory.</param>
/// <param name="First">The entry of the first check.</param>
/// <param name="Last">The entry that sums all up.</param>
internal sealed record RecordedReport(string Ledger, long First, long Last)
{
    public JsonValue ToJson() => JsonValue.Object(("first", First), ("last", Last));

    public override string ToString() =>
        $"recorded in {Ledger} as entries {First} to {Last}; to hand it on: {ShellText.Of($"tessraxctl prove {Ledger} {Last}")}";
}

/// <summary>A ledger of what came out: a receipt for each check, and one for the whole run, which speaks of the program by its digest.</summary>
internal sealed class ConformanceLedger : IDisposable
{
    private const string CheckEvent = "x-conformance-check";
    private const string RunEvent = "x-conformance-run";

    private readonly CliContext context;
    private readonly string path;
    private readonly LedgerWriter writer;

    private ConformanceLedger(CliContext context, string path, LedgerWriter writer) =>
        (this.context, this.path, this.writer) = (context, path, writer);

    /// <summary>Opens the ledger that is to record a run.</summary>
    /// <exception cref="TessraxException">TSX3001 and others of the node; TSX2001, TSX2004: the keys cannot be unlocked.</exception>
    public static ConformanceLedger Open(CliContext context, string path, string? passphraseFile) =>
        new(context, path, LedgerSession.OpenWriter(context, path, passphraseFile));

    /// <summary>Records a report in one batch: all of it, or nothing.</summary>
    /// <param name="report">What came out.</param>
    /// <param name="wish">What of the roadmap it is about.</param>
    public RecordedReport Record(ConformanceReport report, ConformanceWish wish)
    {
        Digest program = DigestOfProgram();
        JsonValue whole = report.ToJson();
        JsonValue summary = JsonValue.Object(
            ("program", whole["program"]),
            ("platform", RuntimeInformation.RuntimeIdentifier),
            ("holds", whole["holds"]),
            ("mutated", whole["mutated"]),
            ("row", wish.Row is { } row ? JsonValue.String(row) : null),
            ("clause", wish.Clause is { } clause ? JsonValue.String(clause) : null),
            ("clauses", whole["clauses"]),
            ("report", HashEngine.Sha256.Hash(whole.ToCanonicalBytes()).ToString())
        );
        IEnumerable<Draft> checks = report.Results.Select(result => Of(CheckEvent, result.ToJson(), program));
        IReadOnlyList<Receipt> made = writer.Append([.. checks, Of(RunEvent, summary, program)]);
        LedgerSession.Finish(context, writer);
        return new RecordedReport(path, made[0].Entry.Index, made[^1].Entry.Index);
    }

    public void Dispose() => writer.Dispose();

    private static Draft Of(string name, JsonValue data, Digest program) =>
        new() { Event = name, Payload = FrozenPayload.From(new OwnEvent(data, program).ToJson()) };

    private static Digest DigestOfProgram()
    {
        (string program, string[] first) = SelfCommand.Line();
        return HashEngine.Sha256.Hash(File.ReadAllBytes(first is [{ } library] ? library : program));
    }
}
