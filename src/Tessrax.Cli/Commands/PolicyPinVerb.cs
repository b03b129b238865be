using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Ledger;

namespace Tessrax.Cli.Commands;

/// <summary><c>policy pin POLICY</c>: which version of which policy, to the byte; <c>--against</c> tells whether it is still the one that was pinned.</summary>
internal static class PolicyPinVerb
{
    public static Verb Create(CliContext context)
    {
        Argument<string> policy = PolicyFile.Argument("POLICY");
        Option<string?> against = new("--against")
        {
            Description = "a pin that was written before; exit 1 if the policy is another one",
            HelpName = "FILE",
        };
        var output = new OutputFile("write the pin to a file");
        var verb = new Verb(
            "pin",
            "Print the id, version and digest of a policy, or compare them with a pin",
            "tessraxctl policy pin policy.json",
            "tessraxctl policy pin decisions -o policy.pin",
            "tessraxctl policy pin decisions --against policy.pin"
        )
        {
            policy,
            against,
            output,
        };
        verb.SetAction(parsed =>
        {
            output.RequireFree(parsed);
            PolicyPin pin = PolicyFile.ReadOrInForce(context, parsed.GetRequiredValue(policy)).Pin;
            PolicyPin? expected = parsed.GetValue(against) is { } file
                ? context.ReadInput(file, bytes => PolicyPin.FromJson(JsonValue.Parse(bytes)))
                : null;
            if (output.PathOf(parsed) is not null)
                output.Write(context, parsed, pin.ToJson().ToCanonicalBytes());
            context.WriteJson(() =>
                expected is null
                    ? pin.ToJson()
                    : JsonValue.Object(
                        ("holds", pin == expected),
                        ("pinned", expected.ToJson()),
                        ("policy", pin.ToJson())
                    )
            );
            if (expected is null || pin == expected)
            {
                context.Line(expected is null ? Tone.Plain : Tone.Good, pin.ToString());
                return 0;
            }
            context.Line(Tone.Bad, $"pinned is {expected}");
            context.Line(Tone.Bad, $"it is     {pin}");
            return CliContext.Refuted;
        });
        return verb;
    }
}
