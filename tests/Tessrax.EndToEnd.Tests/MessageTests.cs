namespace Tessrax.EndToEnd.Tests;

/// <summary>What is said is true, names what it is about, and counts right.</summary>
public sealed class MessageTests : IDisposable
{
    private readonly LedgerHome home = new();

    private Ctl Ctl => home.Ctl;

    public void Dispose() => home.Dispose();

    [Fact]
    public void An_erasure_of_which_nothing_was_left_is_not_told_of()
    {
        home.MustHold();
        string payload = Ctl.Write("p.json", "{}");
        string index = Ctl.Must("append", "ledger", "--event", "x-a", "--payload", payload).Lines[0];
        string waits = Ctl.Must("erase", "ledger", index, "--reason", "r", "--json").Text.Split("\"proposal\":")[1];
        string proposal = waits[..waits.IndexOf(',', StringComparison.Ordinal)];
        Ctl.Must("approve", "ledger", proposal, "--key", "alice.key");
        Ctl.Must("approve", "ledger", proposal, "--key", "bob.key");
        File.Delete(Path.Combine(home.Path, "erased.json"));
        Assert.Equal("", Ctl.Must("append", "ledger", "--event", "x-b", "--payload", payload).Error);
        File.Delete(Path.Combine(home.Path, "erased.json"));
        CtlResult again = Ctl.Must("erase", "ledger", index, "--reason", "r");
        Assert.DoesNotContain("0 ", again.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("0 payloads", again.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_compaction_without_closed_epochs_says_so()
    {
        Assert.Equal("nothing to erase: no epoch is closed yet\n", Compact("0"));
        Assert.Equal("nothing to erase: no epoch was closed before the last closed one\n", Compact("1"));
        Ctl.Must("rotate", "ledger");
        Assert.Equal("nothing to erase: entries 0 to 0 have no payloads any more\n", Compact("0"));
    }

    [Fact]
    public void A_receipt_may_wait_for_seconds()
    {
        string payload = Ctl.Write("p.json", "{}");
        Ctl.Must("tx", "prepare", "ledger", "--event", "x-a", "--payload", payload, "--expires", "PT1S");
        foreach (string wrong in (string[])["PT0S", "PT1.5S", "P1S", "PT", "1S"])
            home.MustRefuse(
                2,
                "TSX1012",
                "tx",
                "prepare",
                "ledger",
                "--event",
                "x-a",
                "--payload",
                payload,
                "--expires",
                wrong
            );
    }

    [Fact]
    public void A_check_of_an_index_that_is_not_there_says_how_to_make_one()
    {
        CtlResult none = Ctl.Must("index", "check", "ledger");
        Assert.Contains("there is no index to hold against them", none.Text, StringComparison.Ordinal);
        Assert.Contains("tessraxctl index rebuild ledger", none.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("they agree", none.Text, StringComparison.Ordinal);
        Assert.StartsWith("1 entry, ", Ctl.Must("index", "rebuild", "ledger").Text, StringComparison.Ordinal);
        Assert.Contains("they agree", Ctl.Must("index", "check", "ledger").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_with_a_checkpoint_names_its_file()
    {
        string empty = Ctl.Write("seen.txt", "");
        CtlResult refused = home.MustRefuse(2, "TSX2006", "verify", "ledger", "--since", empty);
        Assert.Contains("seen.txt holds no signed checkpoint", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_there_names_the_option_that_replaces_it()
    {
        Ctl.Must("snapshot", "export", "ledger", "-o", "a.snapshot");
        CtlResult refused = home.MustRefuse(2, "TSX3010", "snapshot", "export", "ledger", "-o", "a.snapshot");
        Assert.Contains("--force", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void No_command_writes_over_a_file_unless_it_is_told_to()
    {
        byte[] key = File.ReadAllBytes(Ctl.PathOf("alice.key"));
        Ctl.Must("pending", "ledger", "--export", "request.json");
        string[][] commands =
        [
            ["prove", "ledger", "0", "-o", "FILE"],
            ["profile", "ledger", "-o", "FILE"],
            ["merkle", "svg", "ledger", "-o", "FILE"],
            ["merkle", "history", "ledger", "--export", "FILE"],
            ["merkle", "history", "ledger", "--evidence", "FILE"],
            ["trust", "export", "ledger", "-o", "FILE"],
            ["pending", "ledger", "--export", "FILE"],
            ["approve", "request.json", "--key", "alice.key", "-o", "FILE"],
            ["keys", "offer", "bob.key", "--ledger", "ledger", "--role", "security", "-o", "FILE"],
            ["backup", "ledger", "-o", "FILE"],
            ["snapshot", "export", "ledger", "-o", "FILE"],
        ];
        foreach (string[] command in commands)
        {
            string[] over = [.. command.Select(word => word == "FILE" ? "alice.key" : word)];
            Assert.Contains("--force", home.MustRefuse(2, "TSX3010", over).Error, StringComparison.Ordinal);
            Assert.Equal(key, File.ReadAllBytes(Ctl.PathOf("alice.key")));
            File.WriteAllText(Ctl.PathOf("old"), "old");
            Ctl.Must([.. command.Select(word => word == "FILE" ? "old" : word), "--force"]);
            // Evidence is written only if there is some.
            Assert.Equal(command.Contains("--evidence"), File.ReadAllText(Ctl.PathOf("old")) == "old");
        }
    }

    [Fact]
    public void What_is_refused_is_not_said_of_an_entry_that_never_came_to_be()
    {
        string payload = Ctl.Write("p.json", "{}");
        string index = Ctl.Must("append", "ledger", "--event", "x-a", "--payload", payload).Lines[0];
        string[] place = ["hold", "place", "ledger", "--entries", index, "--reason", "r", "--name"];
        string waits = Ctl.Must([.. place, "one", "--json"]).Text.Split("\"proposal\":")[1];
        string proposal = waits[..waits.IndexOf(',', StringComparison.Ordinal)];
        Ctl.Must("approve", "ledger", proposal, "--key", "alice.key");
        Ctl.Must("approve", "ledger", proposal, "--key", "bob.key");
        Said("4020", $"PAYLOAD_ERASED erases entry {index}, which", "erase", "ledger", index, "--reason", "r");
        Said("4021", "HOLD_PLACED places the hold 'one'", [.. place, "one"]);
        Said("4021", "HOLD_RELEASED releases the hold", "hold", "release", "ledger", "--name", "no", "--reason", "r");

        void Said(string code, string words, params string[] command)
        {
            string error = home.MustRefuse(4, "TSX" + code, command).Error;
            Assert.Contains($"error TSX{code}: {words}", error, StringComparison.Ordinal);
            Assert.DoesNotContain("proposed in", error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_bundle_of_the_size_that_is_trusted_leaves_nothing_open_about_it()
    {
        string payload = Ctl.Write("p.json", "{}");
        string[] append = ["append", "ledger", "--event", "x-a", "--payload", payload];
        for (int i = 0; i < 3; i++)
        {
            Ctl.Must(append);
            Ctl.Must("prove", "ledger", "1", "-o", $"{i}.tessrax.json");
            Ctl.Must("trust", "export", "ledger", "--checkpoint", "-o", $"{i}.trust.json");
        }
        Assert.DoesNotContain("consistency proof", Verify(1), StringComparison.Ordinal);
        Assert.Contains("that this tree is not an extension of the trusted", Verify(2), StringComparison.Ordinal);
        string older = Verify(0);
        Assert.DoesNotContain("that this tree is not an extension", older, StringComparison.Ordinal);
        Assert.Contains("of 3 entries, is not an extension of this tree, of 2:", older, StringComparison.Ordinal);

        string Verify(int bundle) => Ctl.Must("verify", $"{bundle}.tessrax.json", "--trust", "1.trust.json").Text;
    }

    [Fact]
    public void What_is_wrong_with_an_argument_is_said_of_the_argument()
    {
        string payload = Ctl.Write("p.json", "{}");
        string bad = Ctl.Write("bad.json", "{");
        Directory.CreateDirectory(Ctl.PathOf("folder"));
        string[] prepare = ["tx", "prepare", "ledger", "--event", "x-a", "--payload", payload, "--expires"];
        Usage(
            "longer than anything may wait in this ledger: 31622400 seconds, which is 366 days",
            [.. prepare, "P36500D"]
        );
        Ctl.Must([.. prepare, "P366D"]);
        foreach (
            string[] verb in (string[][])
                [
                    ["erase", "ledger", "0"],
                    ["hold", "place", "ledger", "--entries", "0", "--name", "a"],
                    ["hold", "release", "ledger", "--name", "a"],
                    ["compact", "ledger", "--keep-epochs", "0"],
                    ["clock", "adjust", "ledger", "--to", "now"],
                    ["keys", "revoke", "ledger", "alice", "--cause", "retired"],
                ]
        )
            Usage("--reason needs 1 to 500 characters, not 0", [.. verb, "--reason", ""]);
        string[] hold = ["hold", "place", "ledger", "--name", "a", "--reason", "r", "--entries"];
        foreach (string ranges in (string[])["abc", "", "1,,2", "1-x"])
            Usage("--entries needs indexes and ranges, like 3,7-12 or 90-", [.. hold, ranges]);
        Usage(
            "N must be from 0 to 9223372036854775807, not 99999999999999999999",
            "show",
            "ledger",
            "99999999999999999999"
        );
        Usage("did you mean DECISION_RECORDED?", "log", "ledger", "--event", "DECISION_RECORDD");
        Usage("KEY_ROTATED", "log", "ledger", "--event", "NOPE");
        Usage("KEY_ROTATED", "log", "ledger", "--event", "");
        Assert.Equal("", Ctl.Must("log", "ledger", "--event", "x-none", "--json").Text);
        Said(2, "TSX1001", "bad.json: ", "approve", "ledger", "--import", bad);
        Said(2, "TSX1001", "bad.json: ", "approve", bad, "--key", "alice.key", "-o", "out.json");
        Said(5, "TSX3007", "folder is a directory, not a file", "evidence", "add", "ledger", "folder");
        Said(3, "TSX3017", "there is no static log in folder", "merkle", "check", "folder");
        Said(3, "TSX3017", "there is no static log in folder", "merkle", "check", "folder", "--key", $"{home.LogKey}");

        void Usage(string words, params string[] command) => Said(2, "TSX1012", words, command);
        void Said(int exit, string code, string words, params string[] command) =>
            Assert.Contains(words, home.MustRefuse(exit, code, command).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void One_thing_is_not_told_as_many()
    {
        string claims = Ctl.Write(
            "claims.jsonl",
            $"{LedgerHome.Claim("b1", "CVE-2", "9.8", "rubysec")}\n{LedgerHome.Claim("b2", "CVE-2", "4.9", "pypa")}"
        );
        Assert.Contains(", 1 waits\n", Ctl.Must("ingest", "ledger", claims).Text, StringComparison.Ordinal);
        CtlResult exported = Ctl.Must("pending", "ledger", "--export", "request.json");
        Assert.Contains("wrote 1 proposal to request.json", exported.Error, StringComparison.Ordinal);
        string payload = Ctl.Write("p.json", "{}");
        string[] index = new string[2];
        for (int i = 0; i < index.Length; i++)
            index[i] = Ctl.Must("append", "ledger", "--event", "x-a", "--payload", payload).Lines[0];
        string waits = Ctl.Must("erase", "ledger", index[0], "--reason", "r").Text;
        Assert.Contains($"erase for ever the payload of entry {index[0]}: r", waits, StringComparison.Ordinal);
        CtlResult other = home.MustRefuse(4, "TSX4024", "erase", "ledger", index[1], "--reason", "r");
        Assert.Contains("another PAYLOAD_ERASED waits for approvals: proposal", other.Error, StringComparison.Ordinal);
    }

    private string Compact(string keep) => Ctl.Must("compact", "ledger", "--keep-epochs", keep).Text;
}
