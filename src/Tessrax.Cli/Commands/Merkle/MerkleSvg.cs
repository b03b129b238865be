using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.MerkleDrawing;
using Tessrax.Cli.Terminal;
using Tessrax.Keys;

namespace Tessrax.Cli.Commands.Merkle;

/// <summary><c>merkle svg DIR -o FILE</c>: a picture of the tree.</summary>
internal static class MerkleSvg
{
    public static Command Create(CliContext context)
    {
        var place = new LedgerArgument
        {
            TakesLogs = true,
            Description = "a ledger's directory, or a static log's or its URL; $TESSRAX_LEDGER if left out",
        };
        var output = new OutputFile("the picture; - for standard output", required: true);
        Option<string?> size = new("--size") { Description = "draw the tree of the first N leaves", HelpName = "N" };
        Option<string?> prove = new("--prove") { Description = "highlight the proof of leaf I", HelpName = "I" };
        Option<string?> key = new("--key")
        {
            Description = "the log's vkey, or a file that holds it: the checkpoint must be signed by it",
            HelpName = "VKEY",
        };
        Option<string> theme = new("--theme")
        {
            Description = "light, dark, or auto: what the reader's system prefers",
            HelpName = "light|dark|auto",
            DefaultValueFactory = _ => "auto",
        };
        theme.AcceptOnlyFromAmong("light", "dark", "auto");
        var verb = new Verb(
            "svg",
            "Draw the tree: whole up to 64 leaves, folded beyond; with --prove, the way of a proof",
            "tessraxctl merkle svg decisions -o tree.svg",
            "tessraxctl merkle svg decisions --prove 17 --theme dark -o proof.svg"
        )
        {
            place,
            output,
            size,
            prove,
            key,
            theme,
        };
        verb.SetAction(parsed =>
        {
            output.RequireFree(parsed);
            long? leaves = WholeNumber.Parse(parsed.GetValue(size), "--size");
            long? goal = WholeNumber.Parse(parsed.GetValue(prove), "--prove");
            VerifierKey? by = parsed.GetValue(key) is { } given ? MerkleEvidence.ReadKey(context, given) : null;
            TreePicture picture;
            bool isSigned;
            string path = parsed.GetRequiredValue(place);
            using (ReadLog log = ReadLog.Open(context, leaves is { } n ? $"{path}@{n}" : path, by))
                (picture, isSigned) = (DrawnTree.Of(log, goal, context.Cancellation), log.IsSigned);
            byte[] svg = TreeSvg.Draw(picture, Enum.Parse<Theme>(parsed.GetRequiredValue(theme), ignoreCase: true));
            if (!isSigned)
                context.Notice(
                    $"note: the signature of the checkpoint in {path} was not checked: give --key with the log's vkey"
                );
            if (output.PathOf(parsed) is not { } file)
            {
                context.Raw(svg);
                return 0;
            }
            output.Write(context, parsed, svg);
            Report(context, picture, svg.Length, (file, isSigned));
            return 0;
        });
        return verb;
    }

    private static void Report(CliContext context, TreePicture picture, int length, (string File, bool IsSigned) output)
    {
        (string file, bool isSigned) = output;
        context.WriteJson(() =>
            JsonValue.Object(
                ("svg", file),
                ("bytes", length),
                ("size", picture.Head.Size),
                ("root", picture.Hasher.Text(picture.Head.Root)),
                ("signed", isSigned),
                ("leaf", picture.Goal is { } goal ? goal.Start : JsonValue.Null),
                ("proof", picture.ProofLength)
            )
        );
        context.Line(Tone.Good, $"wrote {file}: {NodeText.Leaves(picture.Head.Size)}, {Counted.Of(length, "byte")}");
    }
}
