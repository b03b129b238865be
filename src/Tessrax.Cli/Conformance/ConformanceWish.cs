namespace Tessrax.Cli.Conformance;

/// <summary>What is asked for.</summary>
/// <param name="Clause">Only this clause; null for all.</param>
/// <param name="Row">Only this row; null for all.</param>
/// <param name="IsMutating">Whether faults are planted.</param>
/// <param name="Ledger">Where it is recorded; null for nowhere.</param>
/// <param name="Passphrase">The file with that ledger's passphrase, or null.</param>
internal sealed record ConformanceWish(string? Clause, string? Row, bool IsMutating, string? Ledger, string? Passphrase)
{
    private static readonly string[] ClauseNames = [.. Clauses.All.Select(each => each.Name)];

    /// <summary>The rows that are meant.</summary>
    /// <exception cref="TessraxException">TSX1012: there is no such row or clause.</exception>
    public IReadOnlyList<RoadmapRow> Rows()
    {
        IReadOnlyList<RoadmapRow> all = Roadmap.All;
        if (Clause is not null)
            NamedChoice.IndexOf(Clause, ClauseNames, $"'{Clause}' is no clause", "the clauses are");
        if (Row is null)
            return
            [
                .. all.Where(row =>
                    Clause is null
                    || row.Claims.Any(claim => claim.Clause == Clause)
                    || CheckSuite.All.Any(check => check.Row == row.Number && check.Clause == Clause)
                ),
            ];
        int at = NamedChoice.IndexOf(
            Row,
            [.. all.Select(row => row.Number)],
            $"the roadmap has no row '{Row}'",
            "the rows are"
        );
        return [all[at]];
    }

    /// <summary>The checks that are meant.</summary>
    public IReadOnlyList<Check> Checks() =>
        [
            .. CheckSuite.All.Where(check =>
                (Row is null || check.Row == Row) && (Clause is null || check.Clause == Clause)
            ),
        ];
}
