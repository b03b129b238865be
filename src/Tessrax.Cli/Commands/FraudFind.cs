using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Commands.Merkle;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Keys;
using Tessrax.Node.Reading;
using Tessrax.Verification;

namespace Tessrax.Cli.Commands;

/// <summary><c>fraud find PATH...</c>: two entries that cannot both be, among what several people were shown of one log.</summary>
internal static class FraudFind
{
    public static Command Create(CliContext context)
    {
        Argument<string[]> paths = new("PATH")
        {
            Description = "ledgers' directories and bundles, all of one log",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string[]> keys = FraudCheck.KeysOption(required: false);
        var output = new OutputFile("where the evidence is kept, by custom NAME.fraud.json");
        var verb = new Verb(
            "find",
            "Look for two entries of one log that cannot both be true",
            "tessraxctl fraud find decision-17.tessrax.json decision-90.tessrax.json -o log.fraud.json"
        )
        {
            paths,
            keys,
            output,
        };
        verb.SetAction(parsed =>
        {
            output.RequireFree(parsed);
            VerifierKey[] known =
            [
                .. (parsed.GetValue(keys) ?? []).Select(given => MerkleEvidence.ReadKey(context, given)),
            ];
            var sources = new List<FraudSource>();
            try
            {
                foreach (string path in parsed.GetRequiredValue(paths))
                    sources.Add(Open(context, path));
                return Run(
                    context,
                    sources,
                    known,
                    bytes => output.Write(context, parsed, bytes),
                    output.PathOf(parsed)
                );
            }
            finally
            {
                sources.ForEach(source => source.Dispose());
            }
        });
        return verb;
    }

    private static FraudSource Open(CliContext context, string path) =>
        Directory.Exists(path)
            ? FraudSource.OfLedger(path, LedgerSession.Environment(context).Disk)
            : FraudSource.OfBundle(path, context.ReadInput(path, Bundle.MaxBytes));

    private static int Run(
        CliContext context,
        List<FraudSource> sources,
        VerifierKey[] keys,
        Action<byte[]> keep,
        string? file
    )
    {
        FraudProof? proof;
        using (ProgressBar bar = context.Progress("reading entries", 0))
            proof = FraudFinder.Find(sources, keys, bar, context.Cancellation);
        foreach (FraudSource source in sources)
        {
            if (source.Fault is { } fault)
                context.Notice($"{source.Name} was read only in part: {fault.Code} {fault.Message}");
        }
        if (proof is not null && file is not null)
            keep(proof.ToBytes());
        context.WriteJson(() =>
            JsonValue.Object(
                ("found", proof is not null),
                ("fraud", proof is null ? JsonValue.Null : JsonValue.Parse(proof.ToBytes()))
            )
        );
        if (proof is null)
        {
            context.Line(Tone.Good, "found nothing: all that was shown can be true");
            return 0;
        }
        context.Line(
            Tone.Bad,
            $"{ErrorCodes.Fraud} {ErrorCodes.Fraud.Title}: {Disagreement.Between(proof.First.Entry, proof.Second.Entry)}"
        );
        context.Line(
            file is null
                ? "add -o FILE to keep the evidence, and show it to others"
                : $"wrote {file}: {ShellText.Of($"tessraxctl fraud check {file} --key VKEY")}"
        );
        return CliContext.Refuted;
    }
}
