using System.CommandLine;
using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Cli.Commands.Snapshots;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Node;
using Tessrax.Node.Stores;

namespace Tessrax.Cli.Commands;

/// <summary><c>store migrate|list|release|remove URL</c>, <c>store attach URL DIR</c>, <c>store pull|check DIR</c>: the databases that ledgers are kept in.</summary>
internal static class StoreGroup
{
    public static Command Create(CliContext context) =>
        new Verb(
            "store",
            "Make the tables of a database that keeps ledgers, and bring what it keeps to other machines",
            "tessraxctl store migrate postgres://tessrax@db.example.com/ledgers"
        )
        {
            Migrate(context),
            List(context),
            StoreAttach.Create(context),
            StorePull.Create(context),
            Check(context),
            StoreRemoval.Release(context),
            StoreRemoval.Remove(context),
        };

    /// <summary>The address of a database.</summary>
    public static Argument<string> AddressArgument(string name, string description) =>
        new(name) { Description = description };

    /// <summary>The database that a verb of this group works with.</summary>
    public static Argument<string> DatabaseArgument() =>
        AddressArgument("URL", "the database: postgres://USER@HOST:PORT/NAME");

    /// <summary>The ledger of that database that a verb of this group works on.</summary>
    public static Option<string?> LedgerOption() =>
        new("--ledger")
        {
            Description = "which ledger, by its origin or its id; needed where there are several",
            HelpName = "ORIGIN|ID",
        };

    /// <summary>Holds a working copy and its database against each other: where they do not agree, that is the answer and no failure.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="compare">Does it, and reports.</param>
    /// <returns>The exit code.</returns>
    public static int Judge(CliContext context, Action compare)
    {
        try
        {
            compare();
            return 0;
        }
        catch (TessraxException e)
            when (e.Code == ErrorCodes.StoreMismatch || e.Code == ErrorCodes.Damaged || e.Code == ErrorCodes.Behind)
        {
            return context.Refute(e);
        }
    }

    private static Verb Migrate(CliContext context)
    {
        Argument<string> address = DatabaseArgument();
        var verb = new Verb(
            "migrate",
            "Make the tables, or bring them up to date",
            "tessraxctl store migrate postgres://tessrax@db.example.com/ledgers"
        )
        {
            Remarks =
                "May be run twice, and by several at once. The password comes from $PGPASSWORD or ~/.pgpass, as other programs have it.",
        };
        verb.Add(address);
        verb.SetAction(parsed =>
        {
            (long before, long now) = LedgerStores.Migrate(
                parsed.GetRequiredValue(address),
                LedgerSession.Environment(context)
            );
            context.WriteJson(() => JsonValue.Object(("before", before), ("version", now)));
            context.Line(
                Tone.Good,
                before == now ? $"the tables are of version {now} already" : $"made the tables of version {now}"
            );
            return 0;
        });
        return verb;
    }

    private static Verb List(CliContext context)
    {
        Argument<string> address = DatabaseArgument();
        var verb = new Verb(
            "list",
            "The ledgers in a database",
            "tessraxctl store list postgres://tessrax@db.example.com/ledgers"
        )
        {
            address,
        };
        verb.SetAction(parsed =>
        {
            IReadOnlyList<StoredLedger> ledgers = LedgerStores.List(
                parsed.GetRequiredValue(address),
                LedgerSession.Environment(context)
            );
            context.WriteJson(() => JsonValue.Of(ledgers.Select(ToJson)));
            if (ledgers.Count == 0)
                context.Line("no ledger is there");
            else
                context.Table(
                    ["origin", "entries", "state", "fence", "ledger"],
                    ledgers.Select(ledger =>
                        (IReadOnlyList<Cell>)
                            [
                                new Cell(ledger.Origin, Tone.Name),
                                new Cell(ledger.Size.ToString(CultureInfo.InvariantCulture), Tone.Value),
                                new Cell(ledger.Standing),
                                new Cell(ledger.Fence.ToString(CultureInfo.InvariantCulture), Tone.Value),
                                new Cell(ledger.Id.ToString(), Tone.Dim),
                            ]
                    )
                );
            return 0;
        });
        return verb;
    }

    private static Verb Check(CliContext context)
    {
        var directory = new LedgerArgument();
        var verb = new Verb(
            "check",
            "Compare a working copy with its database: every leaf, payload, checkpoint and root",
            "tessraxctl store check decisions"
        )
        {
            Remarks =
                "Whoever writes to the ledger meanwhile is refused from then on, and opens it again. Whether signatures and decisions hold is for tessraxctl verify, which reads the working copy.",
        };
        verb.Add(directory);
        verb.SetAction(parsed =>
        {
            string ledger = parsed.GetRequiredValue(directory);
            return Judge(context, () => Compare(context, ledger));
        });
        return verb;
    }

    private static void Compare(CliContext context, string ledger)
    {
        NodeEnvironment environment = LedgerSession.Environment(context);
        LedgerMoved same;
        using (ProgressBar bar = context.Progress("comparing entries", SnapshotOutput.SizeOf(ledger, environment)))
            same = new LedgerMove(environment) { Progress = bar }.Check(ledger, context.Cancellation);
        context.WriteJson(() => JsonValue.Object([("holds", true), .. Facts(same)]));
        context.Line(
            Tone.Good,
            $"{ledger} and {same.Address} hold the same {Counted.Of(same.Head.Size, "entry")}, {Counted.Of(same.Checkpoints, "checkpoint")} and roots"
        );
    }

    /// <summary>What was found to be the same, for programs.</summary>
    public static IEnumerable<(string, JsonValue?)> Facts(LedgerMoved moved) =>
        [
            ("database", moved.Address),
            ("size", moved.Head.Size),
            ("root", moved.Head.Root.ToString()),
            ("checkpoints", moved.Checkpoints),
            ("copied", moved.Copied),
        ];

    private static JsonValue ToJson(StoredLedger ledger) =>
        JsonValue.Object(
            ("ledger", ledger.Id.ToString()),
            ("origin", ledger.Origin),
            ("hash", ledger.Hash),
            ("size", ledger.Size),
            ("state", ledger.Standing),
            ("fence", ledger.Fence)
        );
}
