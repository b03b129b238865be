using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Node.Stores;

namespace Tessrax.Cli.Commands;

/// <summary><c>store release|remove URL</c>: what is left in a database of a directory that is lost, or of a ledger that has ended.</summary>
internal static class StoreRemoval
{
    public static Verb Release(CliContext context)
    {
        Argument<string> address = StoreGroup.DatabaseArgument();
        Option<string?> ledger = StoreGroup.LedgerOption();
        Option<bool> yes = new("--yes") { Description = "the directory is lost for good, and nobody goes on in it" };
        var verb = new Verb(
            "release",
            "Take away the claim of a lost directory that was moving a ledger",
            "tessraxctl store release postgres://tessrax@db.example.com/ledgers --ledger example.com/decisions --yes"
        )
        {
            Remarks =
                "A move that was interrupted may be finished only by the directory that began it. Once its claim is gone, any copy of the ledger may: if the directory comes back and goes on, the log signs two histories.",
        };
        verb.Add(address);
        verb.Add(ledger);
        verb.Add(yes);
        verb.SetAction(parsed =>
        {
            if (!parsed.GetValue(yes))
                throw ErrorCodes.BadUsage.Because(
                    "if the directory that has the claim goes on after all, the log signs two histories; nothing was done",
                    "if it is lost for good, say so with --yes"
                );
            StoredLedger released = LedgerStores.Release(
                parsed.GetRequiredValue(address),
                parsed.GetValue(ledger),
                LedgerSession.Environment(context)
            );
            context.WriteJson(() =>
                JsonValue.Object(
                    ("ledger", released.Id.ToString()),
                    ("origin", released.Origin),
                    ("state", released.Standing)
                )
            );
            context.Line(Tone.Good, $"nobody has a claim on {released.Origin} any more: any copy of it may be moved");
            return 0;
        });
        return verb;
    }

    public static Verb Remove(CliContext context)
    {
        Argument<string> address = StoreGroup.DatabaseArgument();
        Option<string?> ledger = StoreGroup.LedgerOption();
        Option<string> confirm = new("--confirm")
        {
            Description = "the ledger's origin, so that nobody deletes another one than they mean",
            HelpName = "ORIGIN",
            Required = true,
        };
        var verb = new Verb(
            "remove",
            "Delete from a database what it keeps of a ledger that was retired, closed, or moved to files",
            "tessraxctl store remove postgres://tessrax@db.example.com/ledgers --ledger example.com/decisions --confirm example.com/decisions"
        )
        {
            Remarks =
                "A ledger that may still be written to is refused. Working copies, backups, and the database's own replicas and backups stay as they are; nothing brings the rows back.",
        };
        verb.Add(address);
        verb.Add(ledger);
        verb.Add(confirm);
        verb.SetAction(parsed =>
        {
            (StoredLedger was, long entries) = LedgerStores.Remove(
                parsed.GetRequiredValue(address),
                parsed.GetValue(ledger),
                parsed.GetRequiredValue(confirm),
                LedgerSession.Environment(context)
            );
            context.WriteJson(() =>
                JsonValue.Object(
                    ("ledger", was.Id.ToString()),
                    ("origin", was.Origin),
                    ("state", was.Standing),
                    ("removed", entries)
                )
            );
            context.Line(Tone.Good, $"removed {was.Origin}, which was {was.Standing}: {Counted.Of(entries, "entry")}");
            return 0;
        });
        return verb;
    }
}
