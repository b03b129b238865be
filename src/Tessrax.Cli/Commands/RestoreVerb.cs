using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Commands.Snapshots;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Node;
using Tessrax.Node.Keys;
using Tessrax.Node.Snapshots;

namespace Tessrax.Cli.Commands;

/// <summary><c>restore FILE DIR [--at TIME|SIZE]</c>: a ledger from a backup; and <c>restore --confirm DIR</c>, which opens it to writing.</summary>
internal static class RestoreVerb
{
    public static Command Create(CliContext context)
    {
        Argument<string?> file = new("FILE") { Description = "a backup", Arity = ArgumentArity.ZeroOrOne };
        Argument<string?> directory = new("DIR")
        {
            Description = "the new ledger's directory: absent or empty",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string?> at = new("--at")
        {
            Description = "a state of the past, to read: nothing recorded after TIME, or at most SIZE entries",
            HelpName = "TIME|SIZE",
        };
        Option<string[]> known = new("--known")
        {
            Description = "a checkpoint that somebody has seen: a signed note, a bundle or a trust root; repeatable",
            HelpName = "FILE",
        };
        Option<bool> nothingNewer = new("--nothing-newer")
        {
            Description = "you say that the log signed nothing after this backup was made",
        };
        Option<string?> confirm = new("--confirm")
        {
            Description = "open a ledger that was restored earlier to writing",
            HelpName = "DIR",
        };
        Option<string?> trust = RestoreReport.TrustOption();
        var seeds = new SeedOptions("the ledger's keys are derived from it, instead of those in the backup");
        Option<string?> passphrase = new("--passphrase-file")
        {
            Description =
                "with --mnemonic: holds the new passphrase of the keys; otherwise $TESSRAX_PASSPHRASE, or the terminal asks",
            HelpName = "FILE",
        };
        var verb = new Verb(
            "restore",
            "Verify a backup and make a ledger from it",
            "tessraxctl restore decisions.backup decisions",
            "tessraxctl restore decisions.backup january --at 2026-01-31T23:59:59Z",
            "tessraxctl restore --confirm decisions --nothing-newer",
            "tessraxctl restore decisions.backup decisions --mnemonic words.txt"
        )
        {
            file,
            directory,
            at,
            known,
            nothingNewer,
            confirm,
            trust,
            passphrase,
        };
        seeds.AddTo(verb);
        verb.SetAction(parsed =>
        {
            using LedgerSeed? seed = seeds.Open(context, parsed);
            NodeEnvironment environment = LedgerSession.Environment(context);
            KnownCheckpoint[] seen =
            [
                .. (parsed.GetValue(known) ?? []).Select(one => KnownArgument.Read(context, one)),
            ];
            string? from = parsed.GetValue(file);
            if (parsed.GetValue(confirm) is { } made)
            {
                if (from is not null || parsed.GetValue(at) is not null || seed is not null)
                    throw ErrorCodes.BadUsage.Because(
                        "--confirm takes the directory alone, without FILE, --at and --mnemonic"
                    );
                return Confirm(context, environment, made, seen, parsed.GetValue(nothingNewer));
            }
            if (from is null || parsed.GetValue(directory) is not { } to)
                throw ErrorCodes.BadUsage.Because("restore needs a backup and a directory for it");
            if (seed is not null && parsed.GetValue(at) is not null)
                throw ErrorCodes.BadUsage.Because("a state of the past has no keys: give --at or --mnemonic, not both");
            byte[] secret = seed is null
                ? []
                : context.Passphrase($"the keys of {to}", parsed.GetValue(passphrase), isNew: true);
            var restoration = new Restoration(
                environment,
                RestoreReport.Trust(context, environment, from, parsed.GetValue(trust))
            )
            {
                At = parsed.GetValue(at) is { } point ? Point(point) : null,
                Known = seen,
                Keys = seed is null ? null : state => LedgerSession.KeyFilesOf(context, state, seed, secret),
                NothingNewer = parsed.GetValue(nothingNewer),
            };
            return RestoreReport.Run(context, restoration, from, to);
        });
        return verb;
    }

    private static int Confirm(
        CliContext context,
        NodeEnvironment environment,
        string directory,
        KnownCheckpoint[] known,
        bool nothingNewer
    )
    {
        long size = RestoreConfirmation.Confirm(environment, directory, known, nothingNewer);
        context.WriteJson(() =>
            JsonValue.Object(("directory", directory), ("size", size), ("read_only", JsonValue.Null))
        );
        context.Line(
            Tone.Good,
            $"{directory} may be written to: {Counted.Of(size, "entry")} {(size == 1 ? "counts" : "count")} as all that was ever signed"
        );
        return 0;
    }

    private static RestorePoint Point(string text)
    {
        if (text.Length > 0 && text.All(char.IsAsciiDigit))
            return new RestorePoint(WholeNumber.Parse(text, "--at"), null);
        return UtcTime.TryParseLenient(text, out UtcTime time)
            ? new RestorePoint(null, time)
            : throw ErrorCodes.BadUsage.Because($"--at needs a time like 2026-01-31T12:00:00Z or a size, not '{text}'");
    }
}
