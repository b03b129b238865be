using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Contradictions;
using Tessrax.Governance;

namespace Tessrax.Cli.Commands;

/// <summary><c>policy diff A B</c>: what two policies say differently, and which way each change goes.</summary>
internal static class PolicyDiffVerb
{
    public static Verb Create(CliContext context)
    {
        Argument<string> a = PolicyFile.Argument("A");
        Argument<string> b = PolicyFile.Argument("B");
        var verb = new Verb(
            "diff",
            "What a second policy asks differently: tighter, looser or other",
            "tessraxctl policy diff decisions policy-next.json"
        )
        {
            a,
            b,
        };
        verb.SetAction(parsed =>
        {
            Policy was = PolicyFile.ReadOrInForce(context, parsed.GetRequiredValue(a));
            Policy now = PolicyFile.ReadOrInForce(context, parsed.GetRequiredValue(b));
            Report(context, was, now, PolicyDiff.Between(was, now));
            return 0;
        });
        return verb;
    }

    private static void Report(CliContext context, Policy was, Policy now, IReadOnlyList<PolicyChange> changes)
    {
        context.WriteJson(() =>
            JsonValue.Object(
                ("was", was.Pin.ToJson()),
                ("is", now.Pin.ToJson()),
                ("changes", JsonValue.Of(changes.Select(change => change.ToJson()))),
                ("loosening", changes.Any(change => change.MayLoosen))
            )
        );
        if (changes.Count == 0)
        {
            context.Line(
                Tone.Good,
                was.Digest == now.Digest
                    ? "the same policy"
                    : "no difference in what they ask, only in how it is written"
            );
            return;
        }
        context.Table(
            ["EFFECT", "WHERE", "WAS", "IS"],
            changes.Select(change =>
                (IReadOnlyList<Cell>)
                    [new(change.EffectText, ToneOf(change.Effect)), change.Path, Show(change.Was), Show(change.Is)]
            )
        );
        context.Line(
            Tone.Strong,
            $"{Counted.Of(changes.Count, "change")}: {CountOf(changes, PolicyEffect.Tighter)} tighter, {CountOf(changes, PolicyEffect.Looser)} looser, {CountOf(changes, PolicyEffect.Other)} other"
        );
        PolicyChange[] loosening = [.. changes.Where(change => change.MayLoosen)];
        if (loosening.Length > 0)
            context.Line(
                Tone.Warn,
                $"{(loosening.Length == 1 ? "it" : $"{loosening.Length} of them")} may let more through, so that an upgrade waits for the policy's delay: {string.Join(", ", loosening.Select(change => change.Path))}"
            );
        else
            context.Line("none of them lets more through: an upgrade need not wait");
    }

    private static int CountOf(IReadOnlyList<PolicyChange> changes, PolicyEffect effect) =>
        changes.Count(change => change.Effect == effect);

    private static string Show(JsonValue? value) =>
        value switch
        {
            null => "-",
            { Kind: JsonKind.String } => ClaimText.Shorten(value.AsString()),
            _ => ClaimText.Show(value),
        };

    private static Tone ToneOf(PolicyEffect effect) =>
        effect switch
        {
            PolicyEffect.Tighter => Tone.Good,
            PolicyEffect.Looser => Tone.Warn,
            _ => Tone.Plain,
        };
}
