using System.Text;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;

namespace Tessrax.EndToEnd.Tests.Faults;

// Segments, transactions, backups.
internal sealed partial record FaultScenario
{
    /// <summary>The first entry of the second segment: the first is full, and its successor is made.</summary>
    public static readonly FaultScenario Roll = new(
        "segment roll",
        static () =>
        {
            var home = new LedgerHome();
            home.Ctl.Write("payload.json", """{"text":"the next segment"}""");
            Fill(home, 65_536);
            return home;
        },
        ["append", "ledger", "--event", "x-fault", "--payload", "payload.json", "--json"]
    )
    {
        Rarity = 3,
    };

    /// <summary>The first phase of a receipt.</summary>
    public static readonly FaultScenario Prepared = new(
        "tx prepare",
        static () =>
        {
            var home = new LedgerHome();
            home.Ctl.Write("payload.json", """{"text":"later"}""");
            return home;
        },
        ["tx", "prepare", "ledger", "--event", "x-fault", "--payload", "payload.json"]
    );

    /// <summary>Its second phase: however often it is cut short, there is one receipt.</summary>
    public static readonly FaultScenario Committed = new(
        "tx commit",
        static () =>
        {
            LedgerHome home = Prepared.Prepare();
            home.Ctl.Write("token", home.Ctl.Must(Prepared.Command).Lines[0]);
            return home;
        },
        ["tx", "commit", "ledger", "{token}"]
    )
    {
        After = static home =>
        {
            using LedgerView view = home.View();
            Assert.Equal(2, view.Size);
            Assert.Equal("x-fault", view.Receipt(1).Entry.Body.Event);
        },
    };

    /// <summary>A backup, into a file that is there whole or not at all.</summary>
    public static readonly FaultScenario Backup = new(
        "backup",
        static () => new LedgerHome().WithClaims(),
        ["backup", "ledger", "-o", "ledger.backup", "--force"]
    )
    {
        After = static home => home.Ctl.Must("verify", "ledger.backup"),
    };

    /// <summary>The ledger is gone, and comes back from its backup.</summary>
    public static readonly FaultScenario Restore = new(
        "restore",
        static () =>
        {
            LedgerHome home = Backup.Prepare();
            home.Ctl.Must(Backup.Command);
            Directory.Delete(home.Path, recursive: true);
            return home;
        },
        ["restore", "ledger.backup", "ledger"]
    )
    {
        // The first run had done all of it.
        AgainMay = [2],
        After = static home =>
        {
            home.Ctl.Must("backup", "ledger", "-o", "again.backup");
            Assert.Equal(
                File.ReadAllBytes(home.Ctl.PathOf("ledger.backup")),
                File.ReadAllBytes(home.Ctl.PathOf("again.backup"))
            );
        },
    };

    /// <summary>The command with its token filled in.</summary>
    public string[] CommandIn(LedgerHome home) =>
        [
            .. Command.Select(word =>
                word == "{token}" ? File.ReadAllText(home.Ctl.PathOf("token"), Encoding.UTF8).Trim() : word
            ),
        ];

    // Entries of users' own, attested by the log, until there are so many.
    private static void Fill(LedgerHome home, int size)
    {
        using LedgerWriter writer = home.Open();
        while (writer.Tree.Size < size)
        {
            int count = (int)Math.Min(4096, size - writer.Tree.Size);
            writer.Append(
                Enumerable
                    .Range(0, count)
                    .Select(i => new Draft
                    {
                        Event = "x-fill",
                        By = VoucherKind.Log,
                        Payload = Canonical.FrozenPayload.From(
                            new Governance.OwnEvent(Canonical.JsonValue.Object(("n", i)), null).ToJson()
                        ),
                    })
            );
        }
    }
}
