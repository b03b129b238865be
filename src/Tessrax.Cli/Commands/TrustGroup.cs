using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Files;
using Tessrax.Node.Publishing;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Commands;

/// <summary><c>trust</c>: trust roots, which say whose checkpoints to believe. They come from people, never from what is verified.</summary>
internal static class TrustGroup
{
    public static Command Create(CliContext context) =>
        new Verb(
            "trust",
            "Export a ledger's trust root, or pin one on this machine",
            "tessraxctl trust export decisions -o trust.json"
        )
        {
            Export(context),
            Pin(context),
        };

    private static Verb Export(CliContext context)
    {
        var directory = new LedgerArgument();
        Option<string?> output = new("--output", "-o")
        {
            Description = "the trust root; standard output if left out",
            HelpName = "FILE",
        };
        Option<bool> checkpoint = new("--checkpoint")
        {
            Description = "name the newest checkpoint too: older or forked copies are then refused",
        };
        var verb = new Verb(
            "export",
            "Write the trust root that others need to verify this ledger",
            "tessraxctl trust export decisions -o trust.json"
        )
        {
            directory,
            output,
            checkpoint,
        };
        verb.SetAction(parsed =>
        {
            NodeEnvironment environment = LedgerSession.Environment(context);
            using LedgerView view = LedgerView.Open(parsed.GetRequiredValue(directory), environment.Disk);
            var trust = new TrustRoot(
                view.Fold.State.Ledger,
                TlogPolicy.LogAlone(view.Fold.State.LogKey!.Verifier),
                parsed.GetValue(checkpoint) ? view.Checkpoint : null
            );
            if (parsed.GetValue(output) is { } file && file != "-")
            {
                DurableFile.Write(environment.Disk, file, trust.ToJson(), DurableFileOptions.New);
                context.WriteJson(() => JsonValue.Object(("ledger", trust.Ledger!.Value.ToString()), ("file", file)));
                context.Line(Tone.Good, $"wrote {file}; hand it over another way than the bundles");
            }
            else
                context.Raw(trust.ToJson());
            return 0;
        });
        return verb;
    }

    private static Verb Pin(CliContext context)
    {
        Argument<string> file = new("FILE") { Description = "a trust root that you got from a source you trust" };
        var verb = new Verb("pin", "Pin a trust root, as ssh pins hosts", "tessraxctl trust pin trust.json") { file };
        verb.SetAction(parsed =>
        {
            TrustRoot trust = TrustRoot.Parse(context.ReadInput(parsed.GetRequiredValue(file), 2 * 1024 * 1024));
            if (trust.Ledger is not { } ledger)
                throw ErrorCodes.BadTrustRoot.Because("a trust root can be pinned only if it names its ledger");
            var pins = new TrustPins(LedgerSession.Environment(context));
            string path =
                pins.PathOf(ledger)
                ?? throw ErrorCodes.CannotWrite.Because(
                    "there is no home directory to pin in",
                    "set HOME or XDG_CONFIG_HOME"
                );
            bool isNew = pins.Pin(trust);
            context.WriteJson(() => JsonValue.Object(("ledger", ledger.ToString()), ("file", path), ("new", isNew)));
            context.Line(
                isNew ? Tone.Good : Tone.Warn,
                isNew
                    ? $"pinned {ledger} in {path}"
                    : $"{ledger} is pinned already in {path}; remove that file first to pin another"
            );
            return 0;
        });
        return verb;
    }
}
