using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Commands.Snapshots;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Node;
using Tessrax.Node.Stores;

namespace Tessrax.Cli.Commands;

/// <summary><c>move FROM TO</c>: a ledger goes from the files of its directory to a database, or back.</summary>
internal static class MoveVerb
{
    public static Command Create(CliContext context)
    {
        Argument<string> from = StoreGroup.AddressArgument(
            "FROM",
            "the ledger's directory, or the database that it is in"
        );
        Argument<string> to = StoreGroup.AddressArgument(
            "TO",
            "the database that it goes to, or the directory of its working copy"
        );
        var verb = new Verb(
            "move",
            "Move a ledger from files to a database, and back",
            "tessraxctl move decisions postgres://tessrax@db.example.com/ledgers",
            "tessraxctl move postgres://tessrax@db.example.com/ledgers decisions"
        )
        {
            Remarks =
                "Interrupted, it goes on where it was when it is run again. Before it switches, it reads both sides whole: every leaf, payload, checkpoint and root is the same. The directory stays, as the working copy that every verb reads.",
        };
        verb.Add(from);
        verb.Add(to);
        verb.SetAction(parsed =>
        {
            (string source, string target) = (parsed.GetRequiredValue(from), parsed.GetRequiredValue(to));
            bool toDatabase = LedgerStores.IsAddress(target);
            if (toDatabase == LedgerStores.IsAddress(source))
                throw ErrorCodes.BadUsage.Because(
                    "move takes a directory and the address of a database, in either order",
                    "for example: tessraxctl move decisions postgres://tessrax@db.example.com/ledgers"
                );
            NodeEnvironment environment = LedgerSession.Environment(context);
            string directory = toDatabase ? source : target;
            LedgerMoved moved;
            using (ProgressBar bar = context.Progress("moving entries", SnapshotOutput.SizeOf(directory, environment)))
            {
                var move = new LedgerMove(environment) { Progress = bar };
                moved = toDatabase
                    ? move.ToDatabase(directory, target, context.Cancellation)
                    : move.ToDirectory(source, directory, context.Cancellation);
            }
            context.WriteJson(() =>
                JsonValue.Object([
                    ("directory", directory),
                    ("to", toDatabase ? "database" : "files"),
                    .. StoreGroup.Facts(moved),
                ])
            );
            context.Line(
                Tone.Good,
                $"{Counted.Of(moved.Head.Size, "entry")}, {Counted.Of(moved.Checkpoints, "checkpoint")} and roots are the same in {directory} and {moved.Address}"
            );
            context.Line(
                toDatabase
                    ? $"from now on {moved.Address} decides what is durable; {directory} is its working copy, and has the keys"
                    : $"from now on {directory} decides what is durable; what is in {moved.Address} is a copy of what it was"
            );
            return 0;
        });
        return verb;
    }
}
