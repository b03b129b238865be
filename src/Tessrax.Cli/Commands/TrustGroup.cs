using System.CommandLine;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node;
using Tessrax.Node.Publishing;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Commands;

/// <summary><c>trust</c>: trust roots, which say whose checkpoints to believe. They come from people, never from what is verified.</summary>
internal static class TrustGroup
{
    private const int MaxPolicy = 256 * 1024;

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
        var output = new OutputFile("the trust root; standard output if left out");
        Option<bool> checkpoint = new("--checkpoint")
        {
            Description = "name the newest checkpoint too: older or forked copies are then refused",
        };
        Option<string?> policy = new("--policy")
        {
            Description =
                "ask for the witnesses of this policy (C2SP tlog-policy) too; else the log's signature is enough",
            HelpName = "FILE",
        };
        var verb = new Verb(
            "export",
            "Write the trust root that others need to verify this ledger",
            "tessraxctl trust export decisions -o trust.json",
            "tessraxctl trust export decisions --policy witnesses.txt -o trust.json"
        )
        {
            directory,
            output,
            checkpoint,
            policy,
        };
        verb.SetAction(parsed =>
        {
            NodeEnvironment environment = LedgerSession.Environment(context);
            using LedgerView view = LedgerView.Open(parsed.GetRequiredValue(directory), environment.Disk);
            var trust = new TrustRoot(
                view.Fold.State.Ledger,
                parsed.GetValue(policy) is { } asked
                    ? WitnessesOf(context, asked, view)
                    : TlogPolicy.LogAlone(view.Fold.State.LogKey!.Verifier),
                parsed.GetValue(checkpoint) ? view.Cosigned : null
            );
            if (output.PathOf(parsed) is { } file)
            {
                output.Write(context, parsed, trust.ToJson());
                context.WriteJson(() => JsonValue.Object(("ledger", trust.Ledger!.Value.ToString()), ("file", file)));
                context.Line(Tone.Good, $"wrote {file}; hand it over another way than the bundles");
            }
            else
                context.Raw(trust.ToJson());
            return 0;
        });
        return verb;
    }

    private static TlogPolicy WitnessesOf(CliContext context, string file, LedgerView view)
    {
        var policy = TlogPolicy.Parse(Encoding.UTF8.GetString(context.ReadInput(file, MaxPolicy)));
        VerifierKey log = view.Fold.State.LogKey!.Verifier;
        return policy.Logs.Contains(log)
            ? policy
            : throw ErrorCodes.BadTrustRoot.Because(
                $"the policy {file} does not name this ledger's log",
                $"it needs the line: log {log}"
            );
    }

    private static Verb Pin(CliContext context)
    {
        Argument<string?> file = new("FILE")
        {
            Description = "a trust root that you got from a source you trust",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<bool> update = new("--update")
        {
            Description =
                "instead of FILE: move the pin of the ledger that --ledger names to the key that its log signs with now, if that ledger verifies by what is pinned",
        };
        Option<string?> ledger = new("--ledger")
        {
            Description =
                "a copy of the ledger that shows that a later checkpoint extends the one that is pinned, or, where none is, that it is the ledger's",
            HelpName = "DIR",
        };
        Option<string> proof = HexText.Option(
            "--proof",
            "or the consistency proof between the two: hashes, with commas between them",
            required: false
        );
        var verb = new Verb(
            "pin",
            "Pin a trust root, as ssh pins hosts, or move the pin to a later checkpoint",
            "tessraxctl trust pin trust.json",
            "tessraxctl trust pin newer.json --ledger decisions",
            "tessraxctl trust pin --update --ledger decisions"
        )
        {
            file,
            update,
            ledger,
            proof,
        };
        verb.SetAction(parsed =>
        {
            if (parsed.GetValue(update))
                return Follow(context, parsed.GetValue(file), parsed.GetValue(ledger));
            string given =
                parsed.GetValue(file)
                ?? throw ErrorCodes.BadUsage.Because("which trust root?", "name a file, or give --update --ledger DIR");
            TrustRoot trust = TrustRoot.Parse(context.ReadInput(given, 2 * 1024 * 1024));
            if (trust.Ledger is not { } id)
                throw ErrorCodes.BadTrustRoot.Because("a trust root can be pinned only if it names its ledger");
            var pins = new TrustPins(LedgerSession.Environment(context));
            string path =
                pins.PathOf(id)
                ?? throw ErrorCodes.CannotWrite.Because(
                    "there is no home directory to pin in",
                    "set HOME or XDG_CONFIG_HOME"
                );
            PinOutcome outcome;
            try
            {
                outcome = pins.Advance(trust, (earlier, later) => IsShown(pins, parsed, ledger, proof, earlier, later));
            }
            catch (TessraxException e) when (e.Code == ErrorCodes.PinRefused)
            {
                return context.Refute(e);
            }
            Report(context, id, path, outcome, trust);
            return 0;
        });
        return verb;
    }

    private static int Follow(CliContext context, string? file, string? ledger)
    {
        if (file is not null || ledger is null)
            throw ErrorCodes.BadUsage.Because(
                "--update goes with --ledger DIR, and with no FILE",
                "the ledger itself shows which key its log signs with; a FILE is taken without --update"
            );
        PinUpdated updated;
        try
        {
            updated = PinUpdate.Run(LedgerSession.Environment(context), ledger);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.PinRefused)
        {
            return context.Refute(e);
        }
        if (!updated.Verdict.Holds)
            return context.Refute(
                ErrorCodes.PinRefused.Because(
                    $"{ledger} does not verify by what is pinned, so it shows nothing",
                    ShellText.Of($"see what is wrong: tessraxctl verify {ledger}")
                )
            );
        bool isMoved = updated.Now != updated.Before;
        context.WriteJson(() =>
            JsonValue.Object(
                ("ledger", updated.Ledger.ToString()),
                ("moved", isMoved),
                ("before", updated.Before.ToString()),
                ("vkey", updated.Now.ToString())
            )
        );
        if (isMoved)
            context.Line(Tone.Good, $"pinned {updated.Now} for {updated.Ledger}, in the place of {updated.Before}");
        else
            context.Line(Tone.Warn, $"{updated.Now} is pinned already: the log signs with that key");
        return 0;
    }

    private static bool IsShown(
        TrustPins pins,
        ParseResult parsed,
        Option<string?> ledger,
        Option<string> proof,
        TreeHead? pinned,
        TreeHead later
    )
    {
        if (parsed.GetValue(ledger) is { } directory)
            return pins.IsShownBy(directory, pinned, later);
        // As ssh takes the first key of a host: who gives the file answers for it.
        if (pinned is not { } earlier)
            return true;
        if (parsed.GetValue(proof) is null)
            throw ErrorCodes.BadUsage.Because(
                $"a checkpoint of {earlier.Size} entries is pinned: what shows that the one of {later.Size} extends it?",
                "give --ledger DIR with a copy of the ledger, or --proof H,H,..."
            );
        // A trust root does not name the hash function; by neither of them can a proof be made up.
        return HexText.ReadDigests(parsed, proof) is { } hashes
            && new[] { HashEngine.Sha256, HashEngine.Blake3 }.Any(engine =>
                ConsistencyProof.Verify(hashes, earlier, later, TreeHasher.ByName(engine.Name)!)
            );
    }

    private static void Report(CliContext context, Digest ledger, string path, PinOutcome outcome, TrustRoot trust)
    {
        context.WriteJson(() =>
            JsonValue.Object(
                ("ledger", ledger.ToString()),
                ("file", path),
                ("new", outcome == PinOutcome.New),
                ("advanced", outcome == PinOutcome.Advanced)
            )
        );
        if (outcome == PinOutcome.Unchanged)
            context.Line(Tone.Warn, $"{ledger} is pinned already in {path}, which stays as it is");
        else
            context.Line(
                Tone.Good,
                outcome == PinOutcome.New
                    ? $"pinned {ledger} in {path}"
                    : $"{path} is at {Counted.Of(trust.Checkpoint!.Head.Size, "entry")} now"
            );
    }
}
