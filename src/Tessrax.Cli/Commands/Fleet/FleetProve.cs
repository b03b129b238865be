using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Node;
using Tessrax.Node.Fleet;
using Tessrax.Node.Reading;
using Tessrax.Verification;
using Tessrax.Verification.Fleet;

namespace Tessrax.Cli.Commands.Fleet;

/// <summary><c>fleet prove FLEET LEDGER -o FILE</c>: one file that shows what a round says of a ledger.</summary>
internal static class FleetProve
{
    public static Command Create(CliContext context)
    {
        Argument<string> fleet = new("FLEET") { Description = "the fleet's ledger, a directory" };
        Argument<string> ledger = new("LEDGER") { Description = "the ledger: its origin, or its directory" };
        Option<string?> bundle = new("--bundle")
        {
            Description = "a bundle of an entry of that ledger, which the proof is to carry",
            HelpName = "BUNDLE",
        };
        Option<string?> round = new("--round")
        {
            Description = "the entry that records the round; the newest if left out",
            HelpName = "N",
        };
        var output = new OutputFile("the proof, by custom NAME.fleet.json; standard output if left out or -");
        var verb = new Verb(
            "prove",
            "Write a proof of one ledger out of a round",
            "tessraxctl fleet prove fleet example.com/orders -o orders.fleet.json",
            "tessraxctl fleet prove fleet orders --bundle order-17.tessrax.json -o order-17.fleet.json"
        )
        {
            Remarks =
                "A bundle of another size than the round's is joined to it by a consistency proof, for which LEDGER is the ledger's directory.",
        };
        verb.Add(fleet);
        verb.Add(ledger);
        verb.Add(bundle);
        verb.Add(round);
        output.AddTo(verb);
        verb.SetAction(parsed =>
        {
            output.RequireFree(parsed);
            NodeEnvironment environment = LedgerSession.Environment(context);
            string named = parsed.GetRequiredValue(ledger);
            string? directory = Directory.Exists(named) ? named : null;
            using LedgerView view = LedgerView.Open(parsed.GetRequiredValue(fleet), environment.Disk);
            var prover = new FleetProver(view, environment);
            FleetProof proof = prover.Prove(
                directory is null ? named : LedgerDirectory.Open(directory, environment.Disk).Origin,
                WholeNumber.Parse(parsed.GetValue(round), "--round")
            );
            if (parsed.GetValue(bundle) is { } file)
                proof = prover.With(
                    proof,
                    context.ReadInput(file, bytes => Bundle.Parse(bytes), Bundle.MaxBytes),
                    directory
                );
            Write(context, parsed, output, proof, named);
            return 0;
        });
        return verb;
    }

    private static void Write(
        CliContext context,
        ParseResult parsed,
        OutputFile output,
        FleetProof proof,
        string ledger
    )
    {
        byte[] bytes = proof.ToBytes();
        if (output.PathOf(parsed) is not { } file)
        {
            context.Raw(bytes);
            return;
        }
        output.Write(context, parsed, bytes);
        context.WriteJson(() =>
            JsonValue.Object(
                ("proof", file),
                ("round", proof.Round.Subject),
                ("index", proof.Index),
                ("hashes", proof.Path.Count),
                ("entry", proof.Bundle is { } carried ? (JsonValue)carried.Subject : null),
                ("bytes", bytes.Length)
            )
        );
        context.Line(
            Tone.Good,
            $"wrote {file}: {ledger} in the round of entry {proof.Round.Subject}, {Counted.Of(proof.Path.Count, "hash")}, {Counted.Of(bytes.Length, "byte")}"
        );
        context.Line(Tone.Dim, ShellText.Of($"next: tessraxctl fleet verify {file} --trust FLEET-TRUST"));
    }
}
