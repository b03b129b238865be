using Tessrax.Cli.Conformance.Checks;

namespace Tessrax.Cli.Conformance;

/// <summary>Everything that is tried, in the order of the roadmap.</summary>
internal static class CheckSuite
{
    public static IReadOnlyList<Check> All { get; } = InOrder();

    private static List<Check> InOrder()
    {
        string[] rows = [.. Roadmap.All.Select(row => row.Number)];
        Check[] all =
        [
            .. FormatChecks.All,
            .. KeyChecks.All,
            .. MerkleChecks.All,
            .. LedgerChecks.All,
            .. SnapshotChecks.All,
            .. WritingChecks.All,
            .. ApprovalChecks.All,
            .. PolicyChecks.All,
            .. BundleChecks.All,
            .. IndexChecks.All,
            .. SearchChecks.All,
            .. ToolChecks.All,
            .. ErrorChecks.All,
            .. DoctorChecks.All,
            .. AgentChecks.All,
        ];
        return [.. all.OrderBy(check => Array.IndexOf(rows, check.Row))];
    }
}
