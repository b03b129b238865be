using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Keys;
using Tessrax.Node.Snapshots;

namespace Tessrax.Cli.Commands;

/// <summary><c>keys recover import DIR ANSWER --request REQUEST</c>: records the recovery; the new keys sign from there on.</summary>
internal static class RecoverImport
{
    // White space around it is not counted.
    private const int LongestAnswer = 2 * RecoveryAnswer.MaxBytes;

    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument
        {
            Description = "the ledger's directory, with the key files that the request made",
        };
        Argument<string> answer = new("ANSWER") { Description = "the answer; - for standard input" };
        Option<string> request = new("--request")
        {
            Description = "the request that was signed",
            HelpName = "REQUEST",
            Required = true,
        };
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            "import",
            "Put the new keys in place, on record",
            "tessraxctl keys recover import decisions answer.json --request request.json",
            "zbarimg --raw -q answer.png | tessraxctl keys recover import decisions - --request request.json"
        )
        {
            directory,
            answer,
            request,
            passphrase,
        };
        verb.SetAction(parsed =>
        {
            RecoveryRequest asked = context.ReadInput(
                parsed.GetRequiredValue(request),
                bytes => RecoveryRequest.Parse(bytes),
                RecoveryRequest.MaxBytes
            );
            RecoveryAnswer said = context.ReadInput(
                parsed.GetRequiredValue(answer),
                bytes => RecoveryAnswer.Parse(bytes),
                LongestAnswer
            );
            string ledger = parsed.GetRequiredValue(directory);
            Import(context, ledger, said.Join(asked), asked, parsed.GetValue(passphrase));
            return 0;
        });
        return verb;
    }

    private static void Import(
        CliContext context,
        string ledger,
        KeyRecovered recovered,
        RecoveryRequest asked,
        string? passphraseFile
    )
    {
        NodeEnvironment environment = LedgerSession.Environment(context);
        LedgerDirectory place = LedgerDirectory.Open(ledger, environment.Disk);
        if (place.Id != asked.Ledger)
            throw ErrorCodes.RecoveryRefused.Because(
                $"the recovery is of the ledger {asked.Ledger}, and {ledger} is {place.Id}"
            );
        RestoreMarker.Refuse(ledger, environment.Disk);
        OwnKeys files = OwnKeys.OfRecovery(ledger, asked.Terms);
        LedgerKeys keys = files.Unlock(context.Passphrase($"the new keys of {ledger}", passphraseFile));
        LedgerWriter writer;
        try
        {
            writer = LedgerWriter.OpenForRecovery(ledger, keys, environment, recovered);
        }
        catch
        {
            keys.Dispose();
            throw;
        }
        using (writer)
        {
            // By a run that was cut short, or by one before it.
            long? before = writer.RecoveredAt(recovered);
            long index = before ?? writer.Recover(recovered).Entry.Index;
            LedgerSession.Finish(context, writer);
            Report(context, ledger, writer.Fold, index, before is not null);
        }
    }

    private static void Report(CliContext context, string ledger, LedgerFold fold, long index, bool wasThere)
    {
        GovernanceState state = fold.State;
        VerifierKey log = state.LogKey!.Verifier;
        context.WriteJson(() =>
            JsonValue.Object(
                ("status", wasThere ? "was done" : "done"),
                ("index", JsonValue.Number(index)),
                ("size", JsonValue.Number(fold.Size)),
                ("vkey", log.ToString()),
                ("recovery", state.Recovery!.ToJson())
            )
        );
        context.Line(Tone.Good, $"{state.Origin} has new keys: recorded at {index}{(wasThere ? " before" : "")}");
        context.Line($"  vkey      {log}: whoever trusts the ledger should hear of it, from you");
        context.Line($"  recovery  {state.Recovery}, for the next time");
        foreach (string lack in PolicyFile.Unreachable(fold.Rules, [.. state.ActiveKeys(KeyPurpose.Approver)]))
            context.Notice($"warning: {lack}");
        context.Line(
            Tone.Dim,
            ShellText.Of(
                $"next: tessraxctl verify {ledger}, and tessraxctl keys recover rehearse {ledger} with the same words"
            )
        );
    }
}
