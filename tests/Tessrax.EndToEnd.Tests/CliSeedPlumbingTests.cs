using Tessrax.Canonical;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Derivations as plumbing, against the published vectors.</summary>
public sealed class CliSeedPlumbingTests : IDisposable
{
    private const string Words = "letter advice cage absurd amount doctor acoustic avoid letter advice cage above";

    private readonly Ctl ctl = new();

    public void Dispose() => ctl.Dispose();

    [Fact]
    public void Prints_the_seed_and_the_entropy_of_every_mnemonic_of_bip_39()
    {
        string passphrase = ctl.Write("passphrase", "TREZOR\n");
        foreach (JsonValue vector in Cases("bip39.json"))
        {
            string words = vector["mnemonic"]!.AsString();
            CtlResult seed = Run(words, "bip39", "--mnemonic-passphrase-file", passphrase);
            Assert.Equal((0, vector["seed"]!.AsString() + "\n"), (seed.ExitCode, seed.Text));
            Assert.Equal(vector["entropy"]!.AsString() + "\n", Run(words, "bip39", "--entropy").Text);
        }
    }

    [Fact]
    public void Prints_every_key_of_slip_0010()
    {
        foreach (JsonValue vector in Read("slip10.json")["vectors"]!.Items)
        {
            foreach (JsonValue chain in vector["chains"]!.Items)
            {
                CtlResult key = Run(vector["seed"]!.AsString(), "slip10", "--path", chain["path"]!.AsString());
                string[] wanted =
                [
                    chain["private"]!.AsString(),
                    chain["chain_code"]!.AsString(),
                    chain["public"]!.AsString()[2..],
                ];
                Assert.Equal(wanted, key.Lines);
            }
        }
    }

    [Fact]
    public void Derives_by_hkdf_what_rfc_5869_does()
    {
        foreach (JsonValue vector in Cases("hkdf.json"))
        {
            CtlResult result = Run(
                vector["ikm"]!.AsString(),
                "hkdf",
                "--length",
                $"{vector["size"]!}",
                "--salt",
                vector["salt"]!.AsString(),
                "--info",
                vector["info"]!.AsString()
            );
            bool valid = vector["result"]!.AsString() == "valid";
            Assert.Equal(valid ? (0, vector["okm"]!.AsString() + "\n") : (2, ""), (result.ExitCode, result.Text));
        }
    }

    [Theory]
    [InlineData("TSX2011", "bip39", "letter advice cage absurd amount doctor acoustic avoid letter advice kage above")]
    [InlineData("TSX2010", "bip39", "letter advice cage absurd amount doctor acoustic avoid letter advice above cage")]
    [InlineData("TSX1009", "slip10 --path m", "letter advice")]
    [InlineData("TSX1009", "slip10 --path m", "0badc0ffee")]
    [InlineData("TSX1009", "slip10 --path m/0", "000102030405060708090a0b0c0d0e0f")]
    [InlineData("TSX1009", "hkdf --length 3", "letter")]
    public void Refuses_without_showing_what_it_read(string code, string line, string input)
    {
        CtlResult result = Run(input, line.Split(' '));
        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Bytes);
        Assert.StartsWith($"error {code}: ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("letter advice", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("kage", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("0badc0ffee", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Through_a_pipe_a_mnemonic_gives_a_key_of_the_real_binary()
    {
        string seed = ctl.Must("plumbing", "bip39", ctl.Write("words", Words)).Text;
        CtlResult key = ctl.RunWith(seed, "plumbing", "slip10", "--path", "m/5526360'/1'/0'/0'");
        Assert.Equal((0, 3), (key.ExitCode, key.Lines.Length));
        ctl.Write("beyond", "caf\u00e9");
        CtlResult refused = ctl.Run("plumbing", "bip39", "words", "--mnemonic-passphrase-file", "beyond");
        Assert.Equal(2, refused.ExitCode);
        Assert.StartsWith("error TSX2015: ", refused.Error, StringComparison.Ordinal);
    }

    private static CtlResult Run(string input, params string[] args) =>
        new InProcess { Input = input }.Run(["plumbing", .. args]);

    private static JsonValue Read(string file) => JsonValue.Parse(File.ReadAllBytes(Spec.Path("vectors", "kdf", file)));

    private static ReadOnlySpan<JsonValue> Cases(string file) => Read(file)["cases"]!.Items;
}
