using Tessrax.Contradictions;

namespace Tessrax.Governance;

/// <summary>Whether a change of policy may let something through that the policy in force would not.</summary>
/// <remarks>Yes unless it provably does not: a tolerance that shrinks makes contradictions graver, and a graver one may need fewer approvals; another order of
/// sources decides otherwise.</remarks>
internal static class Loosening
{
    // Names and words alone; approvals and deadlines are compared wherever an action is used.
    private static readonly string[] Harmless = ["$.policy", "$.id", "$.version", "$.description", "$.lanes"];

    private const string Delay = "$.delay";

    /// <summary>The changes that make it so; none if it only asks for more.</summary>
    public static IReadOnlyList<PolicyChange> Of(Policy was, Policy now, Windows windows)
    {
        // Without a delay of its own a policy has that of the ledger's windows.
        bool waitsLess = (now.Delay ?? windows.Delay) < (was.Delay ?? windows.Delay);
        return [.. PolicyDiff.Between(was, now).Where(change => change.Path == Delay ? waitsLess : change.MayLoosen)];
    }

    /// <summary>Whether one change may, seen by itself.</summary>
    public static bool May(PolicyChange change) =>
        !Harmless.Contains(change.Path)
        && !IsLabel(change.Path)
        && (change.Effect != PolicyEffect.Tighter || change.Path.StartsWith("$.metrics.", StringComparison.Ordinal));

    private static bool IsLabel(string path) =>
        Words
            .AllSeverities.ToArray()
            .Any(severity => path == $"$.resolution.{severity}.action" || path == $"$.resolution.{severity}.lane");
}
