using Tessrax.Node.Reading;

namespace Tessrax.EndToEnd.Tests.Faults;

/// <summary>A command that changes a ledger, and what must hold however it was cut short.</summary>
/// <param name="Name">For messages and for <c>TESSRAX_FAULTS_ONLY</c>.</param>
/// <param name="Prepare">Makes what the command needs.</param>
/// <param name="Command">The command; run again after the fault, it must succeed. In it, <c>{token}</c> stands for what <c>token</c> in the home holds.</param>
internal sealed partial record FaultScenario(string Name, Func<LedgerHome> Prepare, string[] Command)
{
    /// <summary>Of how many rounds the tests take one: those that copy much take fewer.</summary>
    public int Rarity { get; init; } = 1;

    /// <summary>Exit codes that the second, undisturbed run may have beside 0, if the first had done its work already.</summary>
    public int[] AgainMay { get; init; } = [];

    /// <summary>Whether the ledger verifies at any moment, not only after the second run.</summary>
    public bool HoldsMeanwhile { get; init; } = true;

    /// <summary>What else must hold after the second run; gets the home.</summary>
    public Action<LedgerHome> After { get; init; } = static _ => { };

    public override string ToString() => Name;

    /// <summary>One receipt.</summary>
    public static readonly FaultScenario Append = new(
        "append",
        static () =>
        {
            var home = new LedgerHome();
            home.Ctl.Write("payload.json", """{"text":"once"}""");
            return home;
        },
        ["append", "ledger", "--event", "x-fault", "--payload", "payload.json", "--json"]
    );

    /// <summary>Claims that contradict each other, decided and proposed.</summary>
    public static readonly FaultScenario Ingest = new(
        "ingest",
        static () =>
        {
            var home = new LedgerHome();
            home.Ctl.Write(
                "claims.jsonl",
                string.Join(
                    '\n',
                    LedgerHome.Claim("a1", "CVE-1", "7.5", "rubysec"),
                    LedgerHome.Claim("a2", "CVE-1", "7.1", "pypa"),
                    LedgerHome.Claim("b1", "CVE-2", "9.8", "rubysec"),
                    LedgerHome.Claim("b2", "CVE-2", "4.9", "pypa")
                )
            );
            return home;
        },
        ["ingest", "ledger", "claims.jsonl"]
    )
    {
        After = static home =>
        {
            using LedgerView view = home.View();
            Assert.Equal(4, view.Fold.Claims.Count);
            Assert.Single(view.Fold.Proposals);
        },
    };

    public static FaultScenario[] All =>
        [Append, Ingest, Roll, Prepared, Committed, Backup, Restore, Rotate, Erase, Compact, Rebuild, Repair];
}
