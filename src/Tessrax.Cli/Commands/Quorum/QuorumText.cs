using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Node.Simulation;

namespace Tessrax.Cli.Commands.Quorum;

/// <summary>Outcomes of quorums, for people and for programs.</summary>
internal static class QuorumText
{
    public static JsonValue ToJson(QuorumOutcome outcome, bool hasTrace) =>
        JsonValue.Object(
            ("seed", outcome.Seed.ToString(CultureInfo.InvariantCulture)),
            ("nodes", outcome.Nodes),
            ("quorum", outcome.Quorum),
            ("faults", outcome.Faults.ToString()),
            ("events", outcome.Events),
            ("messages", outcome.Messages),
            ("lost", outcome.Lost),
            ("entries", outcome.Entries),
            ("decisions", outcome.Decisions),
            ("closed", outcome.Closed),
            ("refused", JsonValue.Object([.. outcome.Refused.Select(r => (r.Key, (JsonValue?)r.Value))])),
            ("safety", !outcome.Violations.Any(v => v.Invariant != "liveness")),
            ("liveness", !outcome.Violations.Any(v => v.Invariant == "liveness")),
            ("trace", hasTrace ? JsonValue.String(outcome.Trace.ToString()) : null),
            ("violations", JsonValue.Of(outcome.Violations.Select(ToJson)))
        );

    public static Cell[] Row(QuorumOutcome outcome) =>
        [
            outcome.Seed.ToString(CultureInfo.InvariantCulture),
            Text(outcome.Messages),
            Text(outcome.Lost),
            Text(outcome.Entries),
            Text(outcome.Decisions),
            Text(outcome.Closed),
            Text(outcome.Refused.Values.Sum()),
            outcome.Holds ? new Cell("holds", Tone.Good) : new Cell("VIOLATED", Tone.Bad),
        ];

    public static readonly IReadOnlyList<string> Headers =
    [
        "SEED",
        "MESSAGES",
        "LOST",
        "ENTRIES",
        "DECIDED",
        "CLOSED",
        "REFUSED",
        "INVARIANTS",
    ];

    public static void ShowViolations(CliContext context, QuorumOutcome outcome)
    {
        foreach (QuorumViolation violation in outcome.Violations)
            context.Line(
                Tone.Bad,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"seed {outcome.Seed}, {violation.Invariant} after {violation.At.TotalSeconds:0.###} s: {violation.What}"
                )
            );
    }

    /// <summary>The command line that does the same again.</summary>
    public static string Replay(string verb, QuorumPlan plan, ulong seed) =>
        ShellText.Of(
            $"tessraxctl quorum {verb} --nodes {plan.Nodes} --quorum {plan.Quorum} --faults {plan.Faults} --subjects {plan.Subjects} --length {(int)plan.Length.TotalSeconds} --seed {seed}"
        );

    private static JsonValue ToJson(QuorumViolation violation) =>
        JsonValue.Object(
            ("at_ms", (long)violation.At.TotalMilliseconds),
            ("invariant", violation.Invariant),
            ("what", violation.What)
        );

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
