using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Commands.Merkle;
using Tessrax.Cli.Terminal;
using Tessrax.Keys;
using Tessrax.Verification;

namespace Tessrax.Cli.Commands;

/// <summary><c>fraud check FILE --key VKEY</c>: whether a file proves that a log recorded what cannot both be true. Offline; needs nothing but the key.</summary>
internal static class FraudCheck
{
    public static Command Create(CliContext context)
    {
        Argument<string> file = new("FILE")
        {
            Description = "a fraud proof, by custom NAME.fraud.json; - for standard input",
        };
        Option<string[]> keys = KeysOption(required: true);
        var verb = new Verb(
            "check",
            "Check a proof that a log recorded what cannot both be true, offline",
            "tessraxctl fraud check log.fraud.json --key example.com/log+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
        )
        {
            file,
            keys,
        };
        verb.SetAction(parsed =>
            Run(
                context,
                parsed.GetRequiredValue(file),
                [.. parsed.GetRequiredValue(keys).Select(given => MerkleEvidence.ReadKey(context, given))]
            )
        );
        return verb;
    }

    /// <summary>The option that names a log's keys.</summary>
    public static Option<string[]> KeysOption(bool required) =>
        new("--key")
        {
            Description = required
                ? "the log's vkey, or a file that holds it, from a source you trust; repeatable, where it was rotated"
                : "the log's vkey, or a file that holds it; what genesis names if left out; repeatable",
            HelpName = "VKEY",
            Required = required,
        };

    private static int Run(CliContext context, string file, VerifierKey[] keys)
    {
        byte[] bytes = context.ReadUpTo(file, FraudProof.MaxBytes + 1);
        bool proves = false;
        string says;
        try
        {
            proves = FraudProof.Parse(bytes).Proves(keys, out says);
        }
        catch (TessraxException e)
        {
            says = $"not a fraud proof: {e.Code} {e.Message}";
        }
        context.WriteJson(() =>
            JsonValue.Object(
                ("proves", proves),
                ("keys", JsonValue.Of(keys.Select(key => JsonValue.String(key.ToString())))),
                ("says", says)
            )
        );
        if (proves)
            context.Line(Tone.Good, $"proven: {says}");
        else
            context.Line(Tone.Bad, $"proves nothing: {says}");
        return proves ? 0 : CliContext.Refuted;
    }
}
