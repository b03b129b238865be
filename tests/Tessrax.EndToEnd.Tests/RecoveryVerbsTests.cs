using Tessrax.Canonical;
using Tessrax.Governance;

namespace Tessrax.EndToEnd.Tests;

/// <summary><c>keys recover</c> through the real binary: asked for where the ledger is, signed where nothing else is.</summary>
public sealed class RecoveryVerbsTests : IDisposable
{
    private const string Origin = "example.com/ledger";
    private const string Words = "legal winner thank year wave sausage worth useful legal winner thank yellow";
    private const string OtherWords = "letter advice cage absurd amount doctor acoustic avoid letter advice cage above";

    private static readonly string[] Request = ["keys", "recover", "request", "ledger", "-o", "request.json"];
    private static readonly string[] Sign = ["keys", "recover", "sign", "request.json"];

    private readonly Ctl online = new() { Variables = { ["TESSRAX_PASSPHRASE"] = "correct horse" } };
    private readonly Ctl offline = new();

    public RecoveryVerbsTests()
    {
        Keep(offline, "words.txt", Words);
        Keep(offline, "other.txt", OtherWords);
    }

    public void Dispose()
    {
        online.Dispose();
        offline.Dispose();
    }

    [Fact]
    public void A_request_is_signed_where_there_is_neither_network_nor_home_from_words_and_from_shares()
    {
        using var cold = new Ctl { Prefix = ["unshare", "-n"] };
        Assert.SkipUnless(CliSeedTests.HasUnshare(), "unshare -n needs root");
        Init();
        LoseKeys();
        online.Must([.. Request, "--qr", "request.png"]);
        string request = File.ReadAllText(online.PathOf("request.json"));
        Assert.Equal(request, Zbar.Read(online.PathOf("request.png")));

        cold.Write("request.json", request);
        Keep(cold, "words.txt", Words);
        string answer = cold.Must([.. Sign, "--mnemonic", "words.txt", "--yes"]).Text.TrimEnd();
        cold.Must("keys", "shares", "split", "--mnemonic", "words.txt", "--group", "2of3", "-o", "shares");
        File.Delete(cold.PathOf("words.txt"));
        string[] shares = ["--share", "shares/share-1-1.txt", "--share", "shares/share-1-3.txt"];
        cold.Must([.. Sign, .. shares, "--yes", "-o", "answer.json", "--qr", "answer.png"]);
        // Ed25519 signs the same bytes alike.
        Assert.Equal(answer, File.ReadAllText(cold.PathOf("answer.json")));
        Assert.Equal(answer, Zbar.Read(cold.PathOf("answer.png")));
        Assert.True(answer.Length <= RecoveryAnswer.MaxBytes, answer);
        Assert.False(Directory.Exists(cold.PathOf(".config")));
        Assert.False(Directory.Exists(cold.PathOf(".local")));
        KeyRecovered whole = RecoveryAnswer
            .Parse(File.ReadAllBytes(cold.PathOf("answer.json")))
            .Join(RecoveryRequest.Parse(File.ReadAllBytes(online.PathOf("request.json"))));
        Assert.Equal(1, whole.Terms.SuspectFrom);
    }

    [Fact]
    public void With_every_key_lost_the_answer_puts_new_ones_in_place_and_a_second_time_changes_nothing()
    {
        Init();
        LoseKeys();
        string[] append = ["append", "ledger", "--event", "x-test", "--payload", online.Write("p.json", "{\"n\":1}")];
        Refused(online, 3, "TSX3012", append);
        // Another passphrase than the one that is lost.
        online.Variables["TESSRAX_PASSPHRASE"] = "another";
        online.Must(Request);
        online.Write("answer.json", Answer());
        // The new files wait for the answer, and are no damage.
        Assert.Contains("does not know it yet", online.Must("doctor", "ledger").Text, StringComparison.Ordinal);
        string[] import = ["keys", "recover", "import", "ledger", "answer.json", "--request", "request.json"];
        JsonValue done = JsonValue.Parse(online.Must([.. import, "--json"]).Bytes);
        Assert.Equal(("done", "1"), (done["status"]!.AsString(), $"{done["index"]!}"));
        online.Must(append);
        online.Must("verify", "ledger");
        online.Must("doctor", "ledger");
        Assert.Contains(
            "recover the ledger with the keys",
            online.Must("log", "ledger").Text,
            StringComparison.Ordinal
        );
        string state = LedgerTree.Of(online.PathOf("ledger", "segments"));
        Assert.Equal("was done", JsonValue.Parse(online.Must([.. import, "--json"]).Bytes)["status"]!.AsString());
        Assert.Equal(state, LedgerTree.Of(online.PathOf("ledger", "segments")));
        // The same words give the next key.
        offline.Must("keys", "recover", "rehearse", online.PathOf("ledger"), "--mnemonic", "words.txt");
        // The used one is none any more, and the files of this answer serve no other ledger.
        Refused(
            offline,
            4,
            "TSX4041",
            [.. Sign[..3], online.PathOf("request.json"), "--mnemonic", "other.txt", "--yes"]
        );
        online.Must("init", "second", "--origin", "example.com/second");
        Refused(online, 4, "TSX4041", [.. import[..3], "second", .. import[4..]]);
    }

    [Fact]
    public void An_approver_who_lost_a_key_offers_a_new_one_to_the_recovery_and_to_nothing_else()
    {
        string first = online.Must("keys", "new", "alice", "-o", "alice.key").Lines[0];
        string commitment = Init("--approver", $"alice:security:{first}");
        online.Must("keys", "new", "alice", "-o", "again.key");
        string id = JsonValue.Parse(online.Must("verify", "ledger", "--json").Bytes)["ledger"]!.AsString();
        string[] offer = ["keys", "offer", "again.key", "--ledger", id, "--role", "security", "-o"];
        online.Must([.. offer, "plain.offer"]);
        online.Must([.. offer, "alice.offer", "--recovery", commitment]);
        string[] change = ["approvers", "change", "ledger", "--reason", "r", "--add"];
        Refused(online, 4, "TSX4040", [.. change, "alice.offer"]);
        LoseKeys();
        string[] request = [.. Request, "--retire", "alice", "--offer"];
        Refused(online, 2, "TSX1009", [.. request, "plain.offer"]);
        Assert.False(Directory.Exists(online.PathOf("ledger", "keys")));
        online.Must([.. request, "alice.offer"]);
        online.Write("answer.json", Answer());
        online.Must("keys", "recover", "import", "ledger", "answer.json", "--request", "request.json");
        // She, and nobody else, has a say again.
        string listed = online.Must("keys", "list", "ledger").Text;
        Assert.Contains("recovered", listed, StringComparison.Ordinal);
        online.Must("verify", "ledger");
    }

    [Fact]
    public void An_answer_that_is_not_to_this_request_or_whose_keys_are_gone_changes_nothing()
    {
        Init();
        online.Must(Request);
        online.Write("answer.json", Answer());
        online.Must([.. Request[..4], "-o", "later.json"]);
        string[] import = ["keys", "recover", "import", "ledger", "answer.json", "--request"];
        string before = LedgerTree.Of(online.Folder);
        Refused(online, 4, "TSX4041", [.. import, "later.json"]);
        Refused(online, 2, "TSX1009", [.. import, "answer.json"]);
        Refused(online, 3, "TSX3012", [.. import, "nowhere.json"]);
        Assert.Equal(before, LedgerTree.Of(online.Folder));
        LoseKeys();
        Refused(online, 4, "TSX2005", [.. import, "request.json"]);
    }

    [Fact]
    public void An_import_that_is_killed_is_ended_by_the_next()
    {
        Init();
        string whole = online.PathOf("ledger");
        online.Must(Request);
        online.Write("answer.json", Answer());
        var random = new Random(KillRun.Seed);
        for (int round = 1; round <= 4; round++)
        {
            string copy = $"copy-{round}";
            Assert.Equal(0, online.Shell("-c", $"cp -a '{whole}' '{online.PathOf(copy)}'").ExitCode);
            string[] import = ["keys", "recover", "import", copy, "answer.json", "--request", "request.json"];
            KillRun.Ctl(online, TimeSpan.FromSeconds(1.5 * random.NextDouble()), import);
            CtlResult again = online.Run(import);
            Assert.True(again.ExitCode == 0, $"seed {KillRun.Seed}, round {round}: {again.Error}");
            online.Must("verify", copy);
            // Each copy is the same ledger: what one has signed the others must not go on from.
            Directory.Delete(online.PathOf(copy), recursive: true);
            string marks = online.PathOf(".local", "state", "tessrax", "marks");
            if (Directory.Exists(marks))
                Directory.Delete(marks, recursive: true);
        }
    }

    [Fact]
    public void Nothing_is_signed_with_another_key_without_a_word_or_if_the_request_was_changed()
    {
        Init();
        online.Must(Request);
        string request = File.ReadAllText(online.PathOf("request.json"));
        offline.Write("request.json", request);
        string before = LedgerTree.Of(offline.Folder);
        Refused(offline, 4, "TSX4041", [.. Sign, "--mnemonic", "other.txt", "--yes", "-o", "a.json"]);
        Refused(offline, 4, "TSX4041", [.. Sign, "--mnemonic", "words.txt", "--ledger", "1", "--yes", "-o", "a.json"]);
        Refused(offline, 2, "TSX1012", [.. Sign, "--mnemonic", "words.txt", "-o", "a.json"]);
        Refused(offline, 2, "TSX1012", [.. Sign, "--yes", "-o", "a.json"]);
        Assert.Equal(before, LedgerTree.Of(offline.Folder));
        // Another origin or another name for a key: its holder did not prove that.
        offline.Write(
            "request.json",
            request.Replace("\"name\":\"author\"", "\"name\":\"mallory\"", StringComparison.Ordinal)
        );
        Refused(offline, 4, "TSX4040", [.. Sign, "--mnemonic", "words.txt", "--yes", "-o", "a.json"]);
        offline.Write("request.json", request[..^1]);
        Refused(offline, 2, "TSX1001", [.. Sign, "--mnemonic", "words.txt", "--yes", "-o", "a.json"]);
    }

    [Fact]
    public void Whoever_signs_on_a_terminal_is_shown_what_and_asked()
    {
        Init();
        online.Must(Request);
        string[] sign = [.. Sign[..3], online.PathOf("request.json"), "--mnemonic", offline.PathOf("words.txt")];
        var no = new InProcess { IsTerminal = true, Keys = "n" };
        CtlResult refused = no.Run([.. sign, "-o", offline.PathOf("no.json")]);
        Assert.Equal(4, refused.ExitCode);
        Assert.False(File.Exists(offline.PathOf("no.json")));
        var request = RecoveryRequest.Parse(File.ReadAllBytes(online.PathOf("request.json")));
        Assert.All(
            [
                Origin,
                request.Ledger.ToString(),
                request.Terms.Log.Verifier.ToString(),
                request.Terms.Retire[0].ToString(),
            ],
            fact => Assert.Contains(fact, refused.Error, StringComparison.Ordinal)
        );
        var yes = new InProcess { IsTerminal = true, Keys = "y" };
        CtlResult shown = yes.Run([.. sign, "-o", offline.PathOf("yes.json"), "--qr", "-"]);
        Assert.Equal(0, shown.ExitCode);
        Assert.Contains("\e[30;107m", shown.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rehearsal_tells_whether_the_material_is_still_good_and_uses_nothing_up()
    {
        string commitment = Init();
        string[] rehearse = ["keys", "recover", "rehearse"];
        string before = LedgerTree.Of(offline.Folder);
        string home = LedgerTree.Of(online.Folder);
        offline.Must([.. rehearse, commitment, "--mnemonic", "words.txt"]);
        offline.Must([.. rehearse, online.PathOf("ledger"), "--mnemonic", "words.txt"]);
        Refused(offline, 1, "TSX2012", [.. rehearse, commitment, "--mnemonic", "other.txt"]);
        Refused(offline, 1, "TSX2012", [.. rehearse, commitment, "--mnemonic", "words.txt", "--ledger", "1"]);
        Assert.Equal((before, home), (LedgerTree.Of(offline.Folder), LedgerTree.Of(online.Folder)));
        online.Must("init", "plain", "--origin", "example.com/plain");
        Refused(offline, 4, "TSX4041", [.. rehearse, online.PathOf("plain"), "--mnemonic", "words.txt"]);
        Refused(online, 4, "TSX4041", "keys", "recover", "request", "plain", "-o", "r.json");
        Assert.Single(Directory.GetFiles(online.PathOf("plain", "keys"), "log*.key"));
    }

    [Fact]
    public void A_ledger_shows_what_it_committed_to_and_takes_nothing_that_is_no_commitment()
    {
        string commitment = Init();
        Assert.Contains(commitment, online.Must("keys", "list", "ledger").Text, StringComparison.Ordinal);
        Refused(online, 2, "TSX1012", "init", "other", "--origin", Origin, "--recovery", Words.Split(' ')[0]);
        Refused(online, 2, "TSX1012", [.. Request, "--suspect-from", "x"]);
        Refused(online, 2, "TSX1012", [.. Request, "--suspect-from", "7"]);
        Refused(online, 2, "TSX1012", [.. Request, "--retire", "nobody"]);
        Assert.False(File.Exists(online.PathOf("request.json")));
        Assert.Single(Directory.GetFiles(online.PathOf("ledger", "keys"), "log*.key"));
        Refused(offline, 2, "TSX1012", "keys", "derive", "--mnemonic", "words.txt", "--purpose", "log", "--commitment");
    }

    private string Init(params string[] more)
    {
        string commitment = offline
            .Must("keys", "derive", "--mnemonic", "words.txt", "--purpose", "recovery", "--commitment")
            .Lines[0];
        JsonValue made = JsonValue.Parse(
            online.Must(["init", "ledger", "--origin", Origin, "--recovery", commitment, "--json", .. more]).Bytes
        );
        Assert.Equal(commitment, made["recovery"]!.AsString());
        return commitment;
    }

    private string Answer()
    {
        File.Copy(online.PathOf("request.json"), offline.PathOf("request.json"), overwrite: true);
        return offline.Must([.. Sign, "--mnemonic", "words.txt", "--yes"]).Text;
    }

    private void LoseKeys() => Directory.Delete(online.PathOf("ledger", "keys"), recursive: true);

    private static void Keep(Ctl where, string name, string text)
    {
        where.Write(name, text + "\n");
        File.SetUnixFileMode(where.PathOf(name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static CtlResult Refused(Ctl by, int exit, string code, params string[] args)
    {
        CtlResult result = by.Run(args);
        Assert.True(
            result.ExitCode == exit && result.Error.Contains(code, StringComparison.Ordinal),
            $"tessraxctl {string.Join(' ', args)}: {result.ExitCode}\n{result.Error}"
        );
        return result;
    }
}
