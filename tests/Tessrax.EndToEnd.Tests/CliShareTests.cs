using Tessrax.Canonical;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary>A mnemonic divided among people, through the real binary.</summary>
public sealed class CliShareTests : IDisposable
{
    private const string Words = "legal winner thank year wave sausage worth useful legal winner thank yellow";
    private const string Origin = "example.com/ledger";

    private readonly Ctl ctl = new() { Variables = { ["TESSRAX_PASSPHRASE"] = "correct horse" } };

    public CliShareTests() => Keep("words.txt", Words + "\n");

    public void Dispose() => ctl.Dispose();

    [Fact]
    public void Enough_shares_give_the_words_and_the_keys_of_the_ledger_again()
    {
        string vkey = Json(ctl.Must("init", "ledger", "--origin", Origin, "--mnemonic", "words.txt", "--json"))[
            "vkey"
        ]!.AsString();
        ctl.Must("backup", "ledger", "-o", "decisions.backup");
        ctl.Must("keys", "shares", "split", "--mnemonic", "words.txt", "--group", "2of3", "-o", "shares");
        Assert.Equal(
            ["share-1-1.txt", "share-1-2.txt", "share-1-3.txt"],
            Directory.GetFiles(ctl.PathOf("shares")).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        Assert.All(
            Directory.GetFiles(ctl.PathOf("shares")),
            file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file))
        );
        File.Delete(ctl.PathOf("words.txt"));
        File.Delete(ctl.PathOf("shares", "share-1-2.txt"));

        ctl.Must("keys", "shares", "combine", "shares/share-1-3.txt", "shares/share-1-1.txt", "-o", "again.txt");
        Assert.Equal(Words + "\n", File.ReadAllText(ctl.PathOf("again.txt")));
        string[] shares = ["--share", "shares/share-1-1.txt", "--share", "shares/share-1-3.txt"];
        CtlResult derived = ctl.Must(["keys", "derive", "--purpose", "log", "--name", Origin, .. shares]);
        Assert.Equal(vkey, derived.Lines[0]);
        ctl.Must(["restore", "decisions.backup", "cold", "--nothing-newer", .. shares]);
        Assert.Equal(vkey, Json(ctl.Must("keys", "list", "cold/keys/log.key", "--json"))["vkey"]!.AsString());
        Refused(2, "TSX2016", ["restore", "decisions.backup", "less", .. shares[..2]]);
        Refused(2, "TSX1012", ["restore", "decisions.backup", "both", "--mnemonic", "again.txt", .. shares]);
        Assert.False(Directory.Exists(ctl.PathOf("less")));
    }

    [Fact]
    public void Groups_are_printed_apart_and_any_arrangement_of_the_words_is_read()
    {
        string[] split =
        [
            "keys",
            "shares",
            "split",
            "--mnemonic",
            "words.txt",
            "--group",
            "2of2",
            "--group",
            "1of1",
            "--group-threshold",
            "1",
        ];
        string text = ctl.Must(split).Text;
        string[] groups = text.Split("\n\n");
        Assert.Equal([2, 1], groups.Select(group => group.Trim('\n').Split('\n').Length));
        foreach (string group in groups)
            Assert.Equal(Words + "\n", ctl.RunWith(group, "keys", "shares", "combine", "-").Text);
        Assert.Equal(Words + "\n", ctl.RunWith(text, "keys", "shares", "combine", "-").Text);
        // As it would stand on a sheet of paper: four words a line.
        string[] words = groups[1].Trim().Split(' ');
        Keep("sheet.txt", string.Join('\n', words.Chunk(4).Select(line => string.Join(' ', line).ToUpperInvariant())));
        Assert.Equal(Words + "\n", ctl.Must("keys", "shares", "combine", "sheet.txt").Text);
        // No two splittings give the same shares.
        Assert.NotEqual(text, ctl.Must(split).Text);
        JsonValue[] listed = Json(ctl.Must([.. split, "--json"]))["shares"]!.Items.ToArray();
        Assert.Equal(["1 1", "1 2", "2 1"], listed.Select(share => $"{share["group"]!} {share["member"]!}"));
    }

    [Fact]
    public void Refuses_by_file_line_and_place_and_shows_no_word()
    {
        string[] shares = ctl.Must("keys", "shares", "split", "--mnemonic", "words.txt", "--group", "2of3").Lines;
        string[] words = shares[1].Split(' ');
        Keep("bad.txt", $"{shares[0]}\n\n{string.Join(' ', [.. words[..6], "qwertz", .. words[7..]])}\n");
        Assert.StartsWith(
            "error TSX2011: bad.txt, line 3: word 7 is not in the word list of SLIP-39\n",
            Refused(2, "TSX2011", "keys", "shares", "combine", "bad.txt").Error,
            StringComparison.Ordinal
        );
        Keep("swapped.txt", $"{shares[0]}\n{string.Join(' ', [words[^1], .. words[1..^1], words[0]])}\n");
        Refused(2, "TSX2013", "keys", "shares", "combine", "swapped.txt");
        string other = ctl.Must("keys", "shares", "split", "--mnemonic", "words.txt", "--group", "2of3").Lines[1];
        Keep("two.txt", $"{shares[0]}\n{other}\n");
        Refused(2, "TSX2014", "keys", "shares", "combine", "two.txt");
        Keep("one.txt", shares[2]);
        Refused(2, "TSX2016", "keys", "shares", "combine", "one.txt");
        // Words of the other list.
        Refused(2, "TSX2011", "keys", "shares", "combine", "words.txt");
    }

    [Theory]
    [InlineData("TSX1012", "2/3")]
    [InlineData("TSX1012", "of3")]
    [InlineData("TSX1009", "4of3")]
    [InlineData("TSX1009", "0of3")]
    [InlineData("TSX1009", "1of3")]
    [InlineData("TSX1009", "2of17")]
    public void Refuses_groups_that_cannot_be(string code, string group) =>
        Refused(2, code, "keys", "shares", "split", "--mnemonic", "words.txt", "--group", group);

    [Fact]
    public void A_directory_of_shares_is_whole_or_not_there()
    {
        string[] split = ["keys", "shares", "split", "--mnemonic", "words.txt", "--group", "3of5", "-o", "shares"];
        Directory.CreateDirectory(ctl.PathOf("shares.partial"));
        Refused(2, "TSX3010", split);
        Directory.Delete(ctl.PathOf("shares.partial"));
        ctl.Must(split);
        string before = LedgerTree.Of(ctl.PathOf("shares"));
        Refused(2, "TSX3010", split);
        Assert.Equal(before, LedgerTree.Of(ctl.PathOf("shares")));
        Assert.False(Directory.Exists(ctl.PathOf("shares.partial")));
    }

    [Fact]
    public void Plumbing_prints_the_secret_of_every_vector_of_slip_0039()
    {
        string passphrase = ctl.Write("passphrase", "TREZOR\n");
        foreach (JsonValue vector in Read("slip39.json"))
        {
            string input = string.Join('\n', vector["shares"]!.Items.ToArray().Select(share => share.AsString()));
            CtlResult result = new InProcess { Input = input }.Run(
                "plumbing",
                "slip39",
                "--share-passphrase-file",
                passphrase
            );
            bool good = vector["secret"]!.Kind == JsonKind.String;
            Assert.Equal(good ? (0, vector["secret"]!.AsString() + "\n") : (2, ""), (result.ExitCode, result.Text));
        }
    }

    private static JsonValue[] Read(string file) =>
        JsonValue.Parse(File.ReadAllBytes(Spec.Path("vectors", "kdf", file)))["cases"]!.Items.ToArray();

    private CtlResult Refused(int exitCode, string code, params string[] args)
    {
        CtlResult result = ctl.Run(args);
        string said = $"tessraxctl {string.Join(' ', args)}: {result.ExitCode}\n{result.Text}{result.Error}";
        Assert.True(result.ExitCode == exitCode, said);
        Assert.StartsWith($"error {code}: ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("sausage", said, StringComparison.Ordinal);
        Assert.DoesNotContain("qwertz", said, StringComparison.Ordinal);
        return result;
    }

    private void Keep(string name, string text) =>
        File.SetUnixFileMode(ctl.Write(name, text), UnixFileMode.UserRead | UnixFileMode.UserWrite);

    private static JsonValue Json(CtlResult result) => JsonValue.Parse(result.Bytes);
}
