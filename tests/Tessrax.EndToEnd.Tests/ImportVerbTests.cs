using System.Text;
using Tessrax.Canonical;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary><c>tessraxctl import</c>: what people and scripts are told, and what stays as it was.</summary>
public sealed class ImportVerbTests : IDisposable
{
    private const string Key = "key-1=ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c";

    private readonly LedgerHome home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public void Every_kind_comes_in_with_its_verdict_and_the_ledger_verifies()
    {
        CtlResult qldb = home.Ctl.Must("import", "qldb", FileOf("journal.ion"), "ledger");
        Assert.Contains("its own chain holds", qldb.Text, StringComparison.Ordinal);
        Assert.Contains("not checked  what the revisions' hashes are of", qldb.Text, StringComparison.Ordinal);
        CtlResult immudb = home.Ctl.Must("import", "immudb", FileOf("txscan.json"), "ledger", "--json");
        JsonValue told = JsonValue.Parse(Encoding.UTF8.GetBytes(immudb.Text));
        Assert.Equal(("6", "holds"), (told["recorded"]!.AsNumberText(), told["verdict"]!["chain"]!.AsString()));
        CtlResult tessrax = home.Ctl.Must("import", "tessrax", FileOf("ledger.jsonl"), "ledger", "--key", Key);
        Assert.Contains("checked      signatures: 5", tessrax.Text, StringComparison.Ordinal);
        Assert.Equal(
            "16",
            home
                .Ctl.Must(
                    "search",
                    "ledger",
                    "event:x-imported-qldb OR event:x-imported-immudb OR event:x-imported-tessrax",
                    "--count",
                    "--json"
                )
                .Text
                is var count
                ? JsonValue.Parse(Encoding.UTF8.GetBytes(count))["count"]!.AsNumberText()
                : ""
        );
        home.MustHold();
    }

    [Fact]
    public void A_table_becomes_claims_that_the_policy_decides()
    {
        string table = home.Ctl.Write(
            "scores.csv",
            "cve;score;from\nCVE-1;7.5;rubysec\nCVE-1;7.1;pypa\nCVE-2;9.8;rubysec\nCVE-2;4.9;pypa\n"
        );
        string[] how =
        [
            "import",
            "csv",
            table,
            "ledger",
            "--claims",
            "--delimiter",
            ";",
            "--column",
            "subject=cve",
            "--column",
            "value=score",
            "--column",
            "source=from",
            "--value",
            "metric=cvss_v3_base_score",
            "--value",
            "unit=score_0_10",
            "--value",
            "timestamp=2026-01-01T00:00:00Z",
        ];
        CtlResult first = home.Ctl.Must(how);
        Assert.Contains(
            "4 rows: 4 claims recorded, 0 known before, 2 contradictions, 1 waiting",
            first.Text,
            StringComparison.Ordinal
        );
        Assert.Contains("4 rows: 0 claims recorded, 4 known before", home.Ctl.Must(how).Text, StringComparison.Ordinal);
        home.MustHold();
    }

    [Fact]
    public void A_chain_that_does_not_hold_is_said_and_is_exit_code_1()
    {
        string[] lines = File.ReadAllLines(FileOf("ledger.jsonl"));
        string cut = home.Ctl.Write("cut.jsonl", string.Join('\n', lines.Where((_, i) => i != 2)));
        string before = LedgerTree.Of(home.Path);
        CtlResult dry = home.Ctl.Run("import", "tessrax", cut, "ledger", "--dry-run");
        Assert.Equal(1, dry.ExitCode);
        Assert.Contains("nothing was written", dry.Text, StringComparison.Ordinal);
        Assert.Contains(
            "record 3: previous_entry_hash is not the hash of the entry before",
            dry.Text,
            StringComparison.Ordinal
        );
        Assert.Equal(before, LedgerTree.Of(home.Path));
        Assert.Equal(1, home.Ctl.Run("import", "tessrax", cut, "ledger").ExitCode);
        home.MustHold();
    }

    [Fact]
    public void What_cannot_be_imported_is_said_before_a_passphrase_is_asked_for_and_changes_nothing()
    {
        home.Ctl.Variables.Remove("TESSRAX_PASSPHRASE");
        string binary = home.Ctl.PathOf("journal.10n");
        File.WriteAllBytes(binary, [0xE0, 0x01, 0x00, 0xEA, 0x00]);
        CtlResult ion = home.MustRefuse(2, "TSX1023", "import", "qldb", binary, "ledger");
        Assert.Contains("ION_TEXT", ion.Error, StringComparison.Ordinal);
        home.MustRefuse(2, "TSX1023", "import", "immudb", FileOf("ledger.jsonl"), "ledger");
        home.MustRefuse(2, "TSX1023", "import", "csv", home.Ctl.Write("a.csv", "a,b\n1\n"), "ledger");
        home.MustRefuse(3, "TSX3012", "import", "csv", home.Ctl.PathOf("none.csv"), "ledger");
        home.MustRefuse(5, "TSX3007", "import", "csv", home.Ctl.Folder, "ledger");
        string table = home.Ctl.Write("b.csv", "a\n1\n");
        foreach (
            string[] wrong in (string[][])
                [
                    ["qldb", FileOf("journal.ion"), "ledger", "--claims"],
                    ["csv", table, "ledger", "--column", "subject=a"],
                    ["csv", table, "ledger", "--claims", "--column", "nothing=a"],
                    ["csv", table, "ledger", "--claims", "--column", "subject=a", "--column", "subject=a"],
                    ["csv", table, "ledger", "--delimiter", "ab"],
                    ["csv", table, "ledger", "--key", Key],
                    ["tessrax", FileOf("ledger.jsonl"), "ledger", "--key", "key-1=12"],
                    ["oracle", table, "ledger"],
                ]
        )
            home.MustRefuse(2, "TSX1012", ["import", .. wrong]);
    }

    private static string FileOf(string name) =>
        Path.Combine(Spec.Root, "tests", "Tessrax.Node.Tests", "Importing", "Files", name);
}
