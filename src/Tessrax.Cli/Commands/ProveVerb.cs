using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Client;
using Tessrax.Node;
using Tessrax.Node.Reading;
using Tessrax.Verification;

namespace Tessrax.Cli.Commands;

/// <summary><c>prove DIR N -o FILE</c>: one file that proves an entry to a stranger, offline.</summary>
internal static class ProveVerb
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument { TakesUrls = true };
        var remote = new RemoteOptions();
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
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            output.RequireFree(parsed);
            long wanted = WholeNumber.Parse(parsed.GetRequiredValue(index), "N")!.Value;
            string place = parsed.GetRequiredValue(directory);
            Bundle bundle;
            long size;
            if (RemoteLedger.IsMeant(place))
            {
                using RemoteLedger there = remote.Open(context, parsed, place);
                VerifiedBundle given = RemoteLedger.Await(there.Client.BundleAsync(wanted, context.Cancellation));
                bundle = Bundle.Parse(given.Bytes.Span);
                size = given.Verdict.Size;
            }
            else
            {
                NodeEnvironment environment = LedgerSession.Environment(context);
                using LedgerView view = LedgerView.Open(place, environment.Disk);
                bundle = BundleMaker.Make(view, wanted, environment);
                size = view.Size;
            }
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
                    ("size", size)
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
