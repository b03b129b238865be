using System.Diagnostics;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Keys from a mnemonic through the real binary: a ledger that is made from one, and booted cold from it.</summary>
public sealed class CliSeedTests : IDisposable
{
    private const string Origin = "example.com/ledger";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // The first of spec/vectors/kdf/keys.json.
    private const string Words =
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

    private readonly Ctl ctl = new() { Variables = { ["TESSRAX_PASSPHRASE"] = "correct horse" } };

    public CliSeedTests() => Keep(ctl, "words.txt", Words);

    public void Dispose() => ctl.Dispose();

    [Fact]
    public void A_ledger_made_from_a_mnemonic_has_the_keys_of_the_specification()
    {
        JsonValue made = Json(ctl.Must("init", "ledger", "--origin", Origin, "--mnemonic", "words.txt", "--json"));
        Assert.Equal(Wanted(KeyPurpose.Log, 0, 0)["vkey"]!.AsString(), made["vkey"]!.AsString());
        Assert.Equal(
            [Wanted(KeyPurpose.Author, 0, 0)["vkey"]!.AsString(), Wanted(KeyPurpose.Log, 0, 0)["vkey"]!.AsString()],
            VkeysOf(ctl, "ledger")
        );
        ctl.Must("append", "ledger", "--event", "x-test", "--payload", ctl.Write("p.json", "{\"n\":1}"));
        ctl.Must("verify", "ledger");
        // Another number, other keys: one log key in two ledgers would sign two histories.
        string before = LedgerTree.Of(ctl.Folder);
        string[] again = ["init", "second", "--origin", Origin, "--mnemonic", "words.txt"];
        Assert.Contains(made["ledger"]!.AsString(), Refused(ctl, 4, "TSX2005", again).Error, StringComparison.Ordinal);
        Assert.Equal(before, LedgerTree.Of(ctl.Folder));
        JsonValue second = Json(ctl.Must([.. again, "--ledger", "1", "--json"]));
        Assert.Equal(Wanted(KeyPurpose.Log, 1, 0)["vkey"]!.AsString(), second["vkey"]!.AsString());
    }

    [Fact]
    public void Derives_every_key_of_the_specification()
    {
        foreach (JsonValue set in Sets())
        {
            Keep(ctl, "set.txt", set["mnemonic"]!.AsString());
            string[] passphrase = [];
            if (set["passphrase"]!.AsString() is { Length: > 0 } secret)
                passphrase = ["--mnemonic-passphrase-file", ctl.PathOf(Keep(ctl, "secret", secret))];
            foreach (JsonValue key in set["keys"]!.Items)
            {
                string vkey = key["vkey"]!.AsString();
                JsonValue shown = Json(
                    new InProcess().Run([
                        "keys",
                        "derive",
                        "--mnemonic",
                        ctl.PathOf("set.txt"),
                        "--purpose",
                        key["purpose"]!.AsString(),
                        "--ledger",
                        $"{key["ledger"]!}",
                        "--generation",
                        $"{key["generation"]!}",
                        "--name",
                        vkey[..vkey.IndexOf('+', StringComparison.Ordinal)],
                        "--json",
                        .. passphrase,
                    ])
                );
                foreach (string member in (string[])["path", "purpose", "key", "vkey"])
                    Assert.Equal(key[member]!.AsString(), shown[member]!.AsString());
            }
        }
    }

    [Fact]
    public void A_derived_key_file_signs_as_its_vkey_says()
    {
        string[] derive = ["keys", "derive", "--mnemonic", "words.txt", "--purpose", "approver"];
        string vkey = ctl.Must([.. derive, "--name", "approver", "-o", "alice.key"]).Lines[0];
        Assert.Equal(Wanted(KeyPurpose.Approver, 0, 0)["vkey"]!.AsString(), vkey);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(ctl.PathOf("alice.key")));
        CtlResult signed = ctl.RunWith("I saw it.\n", "plumbing", "note-sign", "--key", "alice.key");
        Assert.Equal(0, ctl.RunWith(signed.Bytes, "plumbing", "note-verify", "--key", vkey).ExitCode);
        // Never over another file, and nothing without what it takes.
        Refused(ctl, 2, "TSX2003", [.. derive, "--name", "approver", "-o", "alice.key"]);
        Refused(ctl, 2, "TSX1012", [.. derive, "-o", "bob.key"]);
        ctl.Variables.Clear();
        Refused(ctl, 2, "TSX2004", [.. derive, "--name", "bob", "-o", "bob.key"]);
        Assert.False(File.Exists(ctl.PathOf("bob.key")));
        // The public half needs no passphrase.
        Assert.Equal(vkey, ctl.Must([.. derive, "--name", "approver"]).Lines[0]);
    }

    [Fact]
    public void A_backup_and_the_mnemonic_boot_the_ledger_in_an_empty_home_without_a_network()
    {
        using var cold = new Ctl
        {
            Prefix = ["unshare", "-n"],
            Variables = { ["TESSRAX_PASSPHRASE"] = "another passphrase" },
        };
        Assert.SkipUnless(HasUnshare(), "unshare -n needs root");
        (string[] vkeys, string next) = MakeAndLose(cold);

        // Twice from nothing: the same each time.
        for (int round = 0; round < 2; round++)
        {
            string directory = $"ledger{round}";
            cold.Must("restore", "decisions.backup", directory, "--mnemonic", "words.txt", "--nothing-newer");
            Assert.Equal(vkeys, VkeysOf(cold, directory));
            foreach (string file in Directory.GetFiles(cold.PathOf(directory, "keys")))
                Assert.Equal(OwnerOnly, File.GetUnixFileMode(file));
            cold.Must("append", directory, "--event", "x-test", "--payload", cold.Write("q.json", "{\"n\":2}"));
            CtlResult note = cold.Must("checkpoint", directory);
            Assert.Equal(0, cold.RunWith(note.Bytes, "plumbing", "note-verify", "--key", vkeys[1]).ExitCode);
            Assert.Equal(next, note.Lines[1]);
            cold.Must("verify", directory, "--trust", "trust.json");
            Directory.Delete(cold.PathOf(".local"), recursive: true);
        }
    }

    [Fact]
    public void An_author_key_that_followed_another_is_derived_too_and_found_in_a_cold_boot()
    {
        ctl.Must("init", "ledger", "--origin", Origin, "--mnemonic", "words.txt");
        string[] rotate = ["keys", "rotate", "ledger", "--reason", "once a year"];
        ctl.Must([.. rotate, "--mnemonic", "words.txt"]);
        string second = Json(ctl.Must("keys", "list", "ledger/keys/author-2.key", "--json"))["vkey"]!.AsString();
        Assert.Equal(Wanted(KeyPurpose.Author, 0, 1)["vkey"]!.AsString(), second);
        Refused(ctl, 2, "TSX1012", [.. rotate, "--ledger", "1"]);
        ctl.Must("backup", "ledger", "-o", "decisions.backup");
        ctl.Variables["TESSRAX_PASSPHRASE"] = "another passphrase";
        ctl.Must("restore", "decisions.backup", "cold", "--mnemonic", "words.txt", "--nothing-newer");
        Assert.Equal(second, Json(ctl.Must("keys", "list", "cold/keys/author.key", "--json"))["vkey"]!.AsString());
        ctl.Must("append", "cold", "--event", "x-test", "--payload", ctl.Write("p.json", "{\"n\":1}"));
        ctl.Must("verify", "cold");
        // A key that was drawn in between is not the mnemonic's: then it is the backup's own files that go on.
        ctl.Must("keys", "rotate", "cold", "--reason", "drawn");
        ctl.Must("backup", "cold", "-o", "drawn.backup");
        Assert.Contains(
            "author key",
            Refused(ctl, 4, "TSX2012", "restore", "drawn.backup", "third", "--mnemonic", "words.txt").Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_log_key_that_followed_another_is_derived_too_and_found_in_a_cold_boot()
    {
        ctl.Must("init", "ledger", "--origin", Origin, "--mnemonic", "words.txt");
        ctl.Must("keys", "rotate", "ledger", "--purpose", "log", "--reason", "once a year", "--mnemonic", "words.txt");
        string file = Assert.Single(Directory.GetFiles(ctl.PathOf("ledger", "keys"), "log-*.key"));
        string second = Json(ctl.Must("keys", "list", file, "--json"))["vkey"]!.AsString();
        ctl.Must("trust", "pin", "--update", "--ledger", "ledger");
        ctl.Must("backup", "ledger", "-o", "decisions.backup");
        ctl.Variables["TESSRAX_PASSPHRASE"] = "another passphrase";
        ctl.Must("restore", "decisions.backup", "cold", "--mnemonic", "words.txt", "--nothing-newer");
        Assert.Equal(second, Json(ctl.Must("keys", "list", "cold/keys/log.key", "--json"))["vkey"]!.AsString());
        ctl.Must("append", "cold", "--event", "x-test", "--payload", ctl.Write("p.json", "{\"n\":1}"));
        ctl.Must("verify", "cold");
        // The first key of the words is that ledger's still, though the pin has moved on from it.
        Refused(ctl, 4, "TSX2005", "init", "other", "--origin", "example.com/other", "--mnemonic", "words.txt");
    }

    [Fact]
    public void A_successor_has_keys_of_the_same_words_under_a_number_of_its_own()
    {
        ctl.Must("init", "ledger", "--origin", Origin, "--mnemonic", "words.txt");
        string[] rollover = ["rollover", "ledger", "next", "--hash", "blake3", "--mnemonic", "words.txt", "--yes"];
        string before = LedgerTree.Of(ctl.Folder);
        Refused(ctl, 4, "TSX2005", rollover);
        Assert.Equal(before, LedgerTree.Of(ctl.Folder));
        ctl.Must([.. rollover, "--ledger", "1"]);
        PublicKey log = VerifierKey.Parse(VkeysOf(ctl, "next")[1]).Key;
        Assert.Equal(Wanted(KeyPurpose.Log, 1, 0)["key"]!.AsString(), log.Id.ToString());
        ctl.Must("verify", "next");
    }

    [Fact]
    public void Another_mnemonic_or_another_ledger_of_it_makes_nothing()
    {
        (string[] vkeys, _) = MakeAndLose(ctl);
        Keep(ctl, "secret", "x");
        Keep(ctl, "wrong.txt", Words.Replace("about", "zoo", StringComparison.Ordinal));
        string before = LedgerTree.Of(ctl.Folder);
        string[] restore = ["restore", "decisions.backup", "again", "--nothing-newer"];
        string[] wrong = [.. restore, "--mnemonic-passphrase-file", "secret"];
        Refused(ctl, 4, "TSX2012", [.. restore, "--mnemonic", "words.txt", "--ledger", "1"]);
        Refused(ctl, 4, "TSX2012", [.. wrong, "--mnemonic", "words.txt"]);
        Refused(ctl, 2, "TSX1012", wrong);
        Refused(ctl, 2, "TSX1012", [.. restore, "--ledger", "0"]);
        Refused(ctl, 2, "TSX1012", [.. restore, "--mnemonic", "words.txt", "--at", "1"]);
        Refused(ctl, 2, "TSX1012", "restore", "--confirm", "again", "--mnemonic", "words.txt");
        Refused(ctl, 3, "TSX3012", [.. restore, "--mnemonic", "nowhere.txt"]);
        Assert.StartsWith(
            "error TSX2010: wrong.txt: every word is in the list, but the checksum does not hold",
            Refused(ctl, 2, "TSX2010", [.. restore, "--mnemonic", "wrong.txt"]).Error,
            StringComparison.Ordinal
        );
        Assert.Equal(before, LedgerTree.Of(ctl.Folder));
        // Without the mnemonic it is the backup's own keys, under their own passphrase.
        ctl.Must(restore);
        Assert.Equal(vkeys, VkeysOf(ctl, "again"));
    }

    [Fact]
    public void Words_are_in_no_file_but_their_own_and_in_no_output()
    {
        var said = new StringBuilder();
        foreach (
            string line in (string[])
                [
                    "init ledger --origin example.com/ledger --mnemonic words.txt",
                    "keys derive --mnemonic words.txt --purpose witness --name w -o w.key",
                    "keys derive --mnemonic words.txt --purpose log --json",
                    "backup ledger -o decisions.backup",
                    "restore decisions.backup again --mnemonic words.txt --nothing-newer --json",
                    "verify again",
                    "doctor again",
                    "debug again",
                ]
        )
        {
            CtlResult result = ctl.Run(line.Split(' '));
            Assert.True(result.ExitCode == 0, $"{line}: {result.Error}");
            said.Append(result.Text).Append(result.Error);
        }
        byte[] seed = Convert.FromHexString(Sets()[0]["seed"]!.AsString());
        byte[][] secrets =
        [
            Encoding.ASCII.GetBytes("abandon"),
            seed[..16],
            Encoding.ASCII.GetBytes(Convert.ToHexStringLower(seed)[..32]),
            .. Sets()[0]["keys"]!.Items.ToArray().Select(key => Convert.FromHexString(key["secret"]!.AsString())[..16]),
        ];
        Assert.DoesNotContain("abandon", said.ToString(), StringComparison.OrdinalIgnoreCase);
        string[] files = Directory.GetFiles(ctl.Folder, "*", SearchOption.AllDirectories);
        Assert.Contains(ctl.PathOf("again", "keys", "log.key"), files);
        foreach (string file in files.Except([ctl.PathOf("words.txt")]))
        {
            byte[] bytes = File.ReadAllBytes(file);
            Assert.All(secrets, secret => Assert.True(bytes.AsSpan().IndexOf(secret) < 0, file));
        }
    }

    [Theory]
    [InlineData(12)]
    [InlineData(24)]
    public void A_new_mnemonic_is_for_its_owner_and_never_overwrites(int words)
    {
        CtlResult made = ctl.Must("keys", "mnemonic", "new", "--words", $"{words}", "-o", "new.txt");
        Assert.Empty(made.Bytes);
        byte[] text = File.ReadAllBytes(ctl.PathOf("new.txt"));
        using Mnemonic mnemonic = Mnemonic.Parse(text);
        Assert.Equal(words, mnemonic.WordCount);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(ctl.PathOf("new.txt")));
        Refused(ctl, 2, "TSX3010", "keys", "mnemonic", "new", "-o", "new.txt");
        Assert.Equal(text, File.ReadAllBytes(ctl.PathOf("new.txt")));
        // Printed, it is bare, so that it can go into a pipe; and no two are alike.
        CtlResult printed = ctl.Must("keys", "mnemonic", "new");
        Assert.NotEqual(printed.Text, ctl.Must("keys", "mnemonic", "new").Text);
        Assert.Equal(24, Mnemonic.Parse(printed.Bytes).WordCount);
        CtlResult derived = ctl.RunWith(printed.Bytes, "keys", "derive", "--mnemonic", "-", "--purpose", "log");
        Assert.Equal(0, derived.ExitCode);
    }

    [Fact]
    public void A_file_of_words_that_others_may_read_is_told_of()
    {
        string[] derive = ["keys", "derive", "--mnemonic", "words.txt", "--purpose", "log"];
        Assert.Empty(ctl.Must(derive).Error);
        File.SetUnixFileMode(ctl.PathOf("words.txt"), OwnerOnly | UnixFileMode.GroupRead);
        Assert.Contains("warning: others may read words.txt", ctl.Must(derive).Error, StringComparison.Ordinal);
    }

    // Makes a ledger and a backup of it, and leaves nothing else but the words and a trust root.
    private static (string[] Vkeys, string Size) MakeAndLose(Ctl place)
    {
        using var first = new Ctl { Variables = { ["TESSRAX_PASSPHRASE"] = "correct horse" } };
        Keep(first, "words.txt", Words);
        first.Must("init", "ledger", "--origin", Origin, "--mnemonic", "words.txt");
        first.Must("append", "ledger", "--event", "x-test", "--payload", first.Write("p.json", "{\"n\":1}"));
        first.Must("trust", "export", "ledger", "-o", "trust.json");
        first.Must("backup", "ledger", "-o", "decisions.backup");
        File.Copy(first.PathOf("decisions.backup"), place.PathOf("decisions.backup"));
        File.Copy(first.PathOf("trust.json"), place.PathOf("trust.json"));
        Keep(place, "words.txt", Words);
        return (VkeysOf(first, "ledger"), $"{int.Parse(first.Must("checkpoint", "ledger").Lines[1]) + 1}");
    }

    private static string[] VkeysOf(Ctl place, string ledger) =>
        [
            .. Directory
                .GetFiles(place.PathOf(ledger, "keys"))
                .Order(StringComparer.Ordinal)
                .Select(file => Json(place.Must("keys", "list", file, "--json"))["vkey"]!.AsString()),
        ];

    private static CtlResult Refused(Ctl place, int exitCode, string code, params string[] args)
    {
        CtlResult result = place.Run(args);
        string said = $"tessraxctl {string.Join(' ', args)}: {result.ExitCode}\n{result.Text}{result.Error}";
        Assert.True(result.ExitCode == exitCode, said);
        Assert.True($"\n{result.Error}".Contains($"\nerror {code}: ", StringComparison.Ordinal), said);
        Assert.DoesNotContain("abandon", said, StringComparison.Ordinal);
        return result;
    }

    private static string Keep(Ctl place, string name, string text)
    {
        File.SetUnixFileMode(place.Write(name, text), OwnerOnly);
        return name;
    }

    internal static bool HasUnshare()
    {
        using Process probe = Process.Start(
            new ProcessStartInfo("unshare", ["-n", "true"]) { RedirectStandardError = true }
        )!;
        probe.WaitForExit();
        return probe.ExitCode == 0;
    }

    private static JsonValue Json(CtlResult result) => JsonValue.Parse(result.Bytes);

    private static JsonValue[] Sets() =>
        JsonValue.Parse(File.ReadAllBytes(Spec.Path("vectors", "kdf", "keys.json")))["seeds"]!.Items.ToArray();

    private static JsonValue Wanted(KeyPurpose purpose, int ledger, int generation) =>
        Sets()[0]["keys"]!
            .Items.ToArray()
            .Single(key => key["path"]!.AsString() == DerivationPath.Of(purpose, ledger, generation).ToString());
}
