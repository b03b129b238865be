using System.CommandLine;
using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Commands;

/// <summary><c>policy test POLICY FILE</c>: whether a policy decides about claims as somebody expects.</summary>
internal static class PolicyTestVerb
{
    public static Verb Create(CliContext context)
    {
        Argument<string> policy = PolicyFile.Argument("POLICY");
        Argument<string> file = new("FILE")
        {
            Description =
                "claims as for ingest, and lines {\"expect\":{\"subject\",\"metric\",...}} that say what should follow",
        };
        var verb = new Verb(
            "test",
            "Check that a policy decides as expected; exit 1 with the first difference of each",
            "tessraxctl policy test policy.json cases.jsonl"
        )
        {
            policy,
            file,
        };
        verb.SetAction(parsed =>
        {
            string given = parsed.GetRequiredValue(file);
            Policy tested = PolicyFile.ReadOrInForce(context, parsed.GetRequiredValue(policy));
            using Stream input = context.OpenInput(given);
            var cases = PolicyTestFile.Read(InputFiles.NameOf(given), input);
            PolicyTestResult result = cases.Run(tested);
            Report(context, tested, result);
            return result.Failures.Count == 0 ? 0 : CliContext.Refuted;
        });
        return verb;
    }

    private static void Report(CliContext context, Policy policy, PolicyTestResult result)
    {
        context.WriteJson(() => ToJson(policy, result));
        if (result.Failures.Count > 0)
            context.Table(
                ["LINE", "ABOUT", "MEMBER", "EXPECTED", "IS"],
                result.Failures.Select(f => (IReadOnlyList<Cell>)Row(f))
            );
        int met = result.Cases - result.Failures.Count;
        context.Line(
            met == result.Cases ? Tone.Good : Tone.Bad,
            $"{met} of {Counted.Of(result.Cases, "expectation")} met, from {Counted.Of(result.Claims, "claim")} under {policy.Id} {policy.Version}"
        );
        if (result.Unexpected.Count > 0)
            context.Line(
                Tone.Dim,
                $"nothing is expected of {Counted.Of(result.Unexpected.Count, "contradiction")}, the first about {result.Unexpected[0]}"
            );
    }

    private static Cell[] Row(PolicyTestFailure failed) =>
        [
            failed.Line.ToString(CultureInfo.InvariantCulture),
            failed.Key.ToString(),
            failed.Failure.Member,
            ClaimText.Show(failed.Failure.Expected),
            new(ClaimText.Show(failed.Failure.Was), Tone.Bad),
        ];

    private static JsonValue ToJson(Policy policy, PolicyTestResult result) =>
        JsonValue.Object(
            ("holds", result.Failures.Count == 0),
            ("policy", policy.Pin.ToJson()),
            ("claims", result.Claims),
            ("expectations", result.Cases),
            ("unexpected", JsonValue.Of(result.Unexpected.Select(key => key.ToJson()))),
            (
                "failures",
                JsonValue.Of(
                    result.Failures.Select(f =>
                        JsonValue.Object(
                            ("line", f.Line),
                            ("key", f.Key.ToJson()),
                            ("member", f.Failure.Member),
                            ("expected", f.Failure.Expected),
                            ("was", f.Failure.Was)
                        )
                    )
                )
            )
        );
}
