using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Node;
using Tessrax.Node.Reading;
using Tessrax.Verification;

namespace Tessrax.Cli.Commands;

/// <summary><c>prove DIR N -o FILE</c>: one file that proves an entry to a stranger, offline.</summary>
internal static class ProveVerb
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument();
        Argument<string> index = new("N") { Description = "the entry's index" };
        var output = new OutputFile("the bundle, by custom NAME.tessrax.json; standard output if left out or -");
        var verb = new Verb(
            "prove",
            "Write a bundle that proves one entry",
            "tessraxctl prove decisions 17 -o decision-17.tessrax.json"
        )
        {
            directory,
            index,
            output,
        };
        verb.SetAction(parsed =>
        {
            output.RequireFree(parsed);
            long wanted = WholeNumber.Parse(parsed.GetRequiredValue(index), "N")!.Value;
            NodeEnvironment environment = LedgerSession.Environment(context);
            using LedgerView view = LedgerView.Open(parsed.GetRequiredValue(directory), environment.Disk);
            Bundle bundle = BundleMaker.Make(view, wanted, environment);
            byte[] bytes = bundle.ToBytes();
            if (output.PathOf(parsed) is not { } file)
            {
                context.Raw(bytes);
                return 0;
            }
            output.Write(context, parsed, bytes);
            context.WriteJson(() =>
                JsonValue.Object(
                    ("bundle", file),
                    ("subject", wanted),
                    ("entries", bundle.Entries.Count),
                    ("bytes", bytes.Length),
                    ("size", view.Size)
                )
            );
            context.Line(
                Tone.Good,
                $"wrote {file}: entry {wanted} with {Counted.Of(bundle.Entries.Count - 1, "entry")} it rests on, {Counted.Of(bytes.Length, "byte")}"
            );
            context.Line(Tone.Dim, ShellText.Of($"next: tessraxctl verify {file} --trust TRUST"));
            return 0;
        });
        return verb;
    }
}
