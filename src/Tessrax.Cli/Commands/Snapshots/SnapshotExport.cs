using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Snapshots;

namespace Tessrax.Cli.Commands.Snapshots;

/// <summary><c>snapshot export DIR -o FILE</c>: the same state gives the same bytes, on any machine, at any time.</summary>
internal static class SnapshotExport
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument();
        var output = new SnapshotOutput("snapshot");
        Option<string?> size = new("--size")
        {
            Description = "the state at an earlier checkpoint, by its size; otherwise the newest",
            HelpName = "N",
        };
        Option<bool> record = new("--record")
        {
            Description = "append a receipt: SNAPSHOT_TAKEN with size, root and digest",
        };
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            "export",
            "Write the state as a snapshot; the ledger may be written to meanwhile",
            "tessraxctl snapshot export decisions -o decisions.snapshot",
            "tessraxctl snapshot export decisions --size 1000 -o - | ssh mirror 'cat > decisions.snapshot'"
        )
        {
            Remarks =
                "The same state gives the same bytes on any machine at any time, so two people can compare a snapshot by its digest. It holds every payload that was not erased, and no keys.",
        };
        verb.Add(directory);
        output.AddTo(verb);
        verb.Add(size);
        verb.Add(record);
        verb.Add(passphrase);
        verb.SetAction(parsed =>
        {
            string ledger = parsed.GetRequiredValue(directory);
            NodeEnvironment environment = LedgerSession.Environment(context);
            var export = new LedgerExport(environment, ledger, SnapshotKind.Snapshot)
            {
                Size = WholeNumber.Parse(parsed.GetValue(size), "--size"),
            };
            SnapshotMade made = output.Write(context, parsed, environment, ledger, export, null);
            long? recorded = parsed.GetValue(record)
                ? Record(context, ledger, made, parsed.GetValue(passphrase))
                : null;
            output.WriteJson(context, parsed, made, recorded);
            output.Report(context, parsed, made, "snapshot", recorded is { } index ? [$"  receipt {index}"] : []);
            return 0;
        });
        return verb;
    }

    // After the file is there: what it holds does not know of its receipt.
    private static long Record(CliContext context, string ledger, SnapshotMade made, string? passphrase)
    {
        try
        {
            using LedgerWriter writer = LedgerSession.OpenWriter(context, ledger, passphrase);
            var taken = new SnapshotTaken(made.Head.Size, made.RootText, made.Digest, made.Bytes);
            Receipt receipt = writer.Append([
                new Draft { Event = Events.SnapshotTaken, Payload = FrozenPayload.From(taken.ToJson()) },
            ])[0];
            LedgerSession.Finish(context, writer);
            return receipt.Entry.Index;
        }
        catch (TessraxException e)
        {
            throw new TessraxException(e.Code, $"the snapshot is written, but not its receipt: {e.Message}", e.Hint, e);
        }
    }
}
