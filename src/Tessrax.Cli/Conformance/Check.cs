namespace Tessrax.Cli.Conformance;

/// <summary>One statement about this program that is tried out on the machine of whoever asks, and a fault under which it must not hold.</summary>
/// <param name="Row">The row of <c>spec/roadmap.json</c> that it is about.</param>
/// <param name="Clause">The clause that it shows; one of <see cref="Clauses"/>.</param>
/// <param name="Says">What holds, in one sentence without a final stop.</param>
/// <param name="Try">Tries it.</param>
/// <param name="Fault">What the planted fault does wrongly, in a few words.</param>
/// <param name="Plant">The fault.</param>
internal sealed record Check(string Row, string Clause, string Says, Action<Trial> Try, string Fault, Flaw Plant)
{
    /// <summary>A check of a function instead of a command: the judge is handed the function, or one with the fault in it.</summary>
    public static Check Of<T>(
        string row,
        string clause,
        string says,
        Action<Trial, T> judge,
        T function,
        string fault,
        T flawed
    ) =>
        new(
            row,
            clause,
            says,
            trial => judge(trial, trial.IsFlawed ? flawed : function),
            fault,
            static (trial, call) => trial.Real(call)
        );
}

/// <summary>The six clauses under which everything is built.</summary>
internal static class Clauses
{
    public const string Aep = "AEP-001";
    public const string Rvc = "RVC-001";
    public const string Eac = "EAC-001";
    public const string PostAudit = "POST-AUDIT-001";
    public const string Dlk = "DLK-001";
    public const string Tesst = "TESST";

    /// <summary>Each with what it asks.</summary>
    public static IReadOnlyList<(string Name, string Means)> All { get; } =
    [
        (Aep, "the same input gives the same bytes, from a cold start, with no hidden state"),
        (Rvc, "results are checked while they are made"),
        (Eac, "every statement names its evidence"),
        (PostAudit, "anybody can check it afterwards, offline"),
        (Dlk, "a signature and a Merkle proof: neither alone is accepted"),
        (Tesst, "it fails loudly: a code, what was observed, what to do"),
    ];
}
