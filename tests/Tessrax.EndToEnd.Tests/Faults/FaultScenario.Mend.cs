using System.Text;
using Tessrax.Canonical;

namespace Tessrax.EndToEnd.Tests.Faults;

// A compaction over several records, an index made anew, a repair.
internal sealed partial record FaultScenario
{
    /// <summary>The approval after which all payloads of two closed epochs go.</summary>
    public static readonly FaultScenario Compact = new(
        "compact",
        static () => Retired(),
        ["approve", "ledger", "{token}", "--key", "bob.key"]
    )
    {
        AgainMay = [3, 4],
        After = static home =>
        {
            home.Ctl.Must("rotate", "ledger");
            MustBeGone(home);
        },
    };

    /// <summary>The fields index, made where there is one already.</summary>
    public static readonly FaultScenario Rebuild = new(
        "index",
        static () =>
        {
            LedgerHome home = new LedgerHome().WithClaims();
            home.Ctl.Must("index", "rebuild", "ledger");
            return home;
        },
        ["index", "rebuild", "ledger"]
    )
    {
        After = static home => home.Ctl.Must("index", "check", "ledger"),
    };

    /// <summary>A record that rotted, restored from a copy.</summary>
    public static readonly FaultScenario Repair = new(
        "repair",
        static () =>
        {
            LedgerHome home = new LedgerHome().WithClaims();
            LedgerTree.Copy(home.Path, home.Ctl.PathOf("mirror"));
            string segment = Directory.GetFiles(home.Ctl.PathOf("ledger", "segments"), "*.seg").Single();
            byte[] bytes = File.ReadAllBytes(segment);
            int at = bytes.AsSpan().IndexOf("rubysec"u8);
            Assert.True(at > 0);
            bytes[at] ^= 1;
            File.WriteAllBytes(segment, bytes);
            return home;
        },
        ["repair", "ledger", "--from", "mirror"]
    )
    {
        HoldsMeanwhile = false,
    };

    // Two closed epochs with a secret each, and a proposal to erase them that lacks one approval.
    private static LedgerHome Retired()
    {
        var home = new LedgerHome();
        home.Ctl.Write("payload.json", $$"""{"text":"{{Secret}}"}""");
        for (int epoch = 0; epoch < 2; epoch++)
        {
            home.Ctl.Must("append", "ledger", "--event", "x-person", "--payload", "payload.json");
            home.Ctl.Must("append", "ledger", "--event", "x-person", "--payload", "payload.json");
            home.Ctl.Must("rotate", "ledger");
        }
        home.Ctl.Must("compact", "ledger", "--keep-epochs", "0", "--reason", "a year is over");
        JsonValue pending = JsonValue.Parse(
            Encoding.UTF8.GetBytes(home.Ctl.Must("pending", "ledger", "--json").Lines[0])
        );
        home.Ctl.Write("token", pending["id"]!.AsNumberText());
        home.Ctl.Must("approve", "ledger", pending["id"]!.AsNumberText(), "--key", "alice.key");
        return home;
    }
}
