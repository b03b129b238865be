using Tessrax.Canonical;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary>The plumbing verbs against the published vectors, through the real binary.</summary>
public sealed class CliPlumbingTests : IDisposable
{
    private readonly Ctl ctl = new();

    public static TheoryData<string> JcsNames => ["arrays", "french", "structures", "values"];

    public void Dispose() => ctl.Dispose();

    [Theory]
    [MemberData(nameof(JcsNames))]
    public void Canonicalizes_the_files_of_rfc_8785(string name)
    {
        CtlResult result = ctl.Must("plumbing", "canonicalize", Spec.Path("vectors", "jcs", "input", name + ".json"));
        Assert.Equal(File.ReadAllBytes(Spec.Path("vectors", "jcs", "output", name + ".json")), result.Bytes);
    }

    [Theory]
    [InlineData("{\"a\":1,\"a\":2}", "TSX1002")]
    [InlineData("[NaN]", "TSX1001")]
    [InlineData("", "TSX1001")]
    [InlineData("9007199254740993", "TSX1003")]
    [InlineData("\"\\ud800\"", "TSX1004")]
    [InlineData("{} {}", "TSX1001")]
    public void Refuses_what_is_not_i_json(string input, string code)
    {
        CtlResult result = ctl.RunWith(input, "plumbing", "canonicalize");
        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Bytes);
        Assert.StartsWith($"error {code}: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("\nhint: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_nesting_beyond_64_levels()
    {
        string deep = new string('[', 65) + new string(']', 65);
        Assert.Equal(2, ctl.RunWith(deep, "plumbing", "canonicalize").ExitCode);
        Assert.Equal(0, ctl.RunWith(deep[1..^1], "plumbing", "canonicalize").ExitCode);
    }

    [Fact]
    public void Prints_numbers_as_es6_does()
    {
        string[] lines = File.ReadAllLines(Spec.Path("vectors", "jcs", "es6-numbers.txt"));
        string[] cases = [.. lines.Where(line => line.Contains(',', StringComparison.Ordinal))];
        Assert.NotEmpty(cases);
        for (int i = 0; i < cases.Length; i += Math.Max(1, cases.Length / 100))
        {
            string[] parts = cases[i].Split(',');
            Assert.Equal(parts[1] + "\n", ctl.Must("plumbing", "number", parts[0]).Text);
        }
    }

    [Theory]
    [InlineData("7ff0000000000000")] // infinity
    [InlineData("7ff8000000000000")] // NaN
    [InlineData("3ff80000000000000")] // 17 digits
    [InlineData("xyz")]
    public void Refuses_bits_that_are_no_number(string bits) =>
        Assert.Equal(2, ctl.Run("plumbing", "number", bits).ExitCode);

    [Fact]
    public void Hashes_standard_input_and_files_alike()
    {
        const string Abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n";
        string file = ctl.Write("abc", "abc");
        Assert.Equal(Abc, ctl.Must("plumbing", "hash", "--alg", "sha256", file).Text);
        Assert.Equal(Abc, ctl.RunWith("abc", "plumbing", "hash", "--alg", "sha256").Text);
        Assert.Equal(Abc, ctl.RunWith("abc", "plumbing", "hash", "--alg", "sha256", "-").Text);
    }

    [Fact]
    public void Gives_the_roots_of_the_reference_tree()
    {
        JsonValue tree = JsonValue.Parse(
            File.ReadAllBytes(Spec.Path("vectors", "merkle-rfc6962", "reference-tree.json"))
        );
        string[] leaves = Strings(tree["leaves"]!);
        string[] roots = Strings(tree["roots"]!);
        for (int size = 0; size < roots.Length; size++)
        {
            string lines = string.Concat(leaves[..size].Select(leaf => leaf + "\n"));
            Assert.Equal(roots[size] + "\n", ctl.RunWith(lines, "plumbing", "root", "--alg", "sha256").Text);
        }
    }

    [Fact]
    public void A_last_line_without_a_line_feed_is_a_leaf_and_a_carriage_return_is_not_part_of_one()
    {
        string plain = ctl.RunWith("00\n0102\n", "plumbing", "root", "--alg", "sha256").Text;
        Assert.Equal(plain, ctl.RunWith("00\n0102", "plumbing", "root", "--alg", "sha256").Text);
        Assert.Equal(plain, ctl.RunWith("00\r\n0102\r\n", "plumbing", "root", "--alg", "sha256").Text);
        Assert.NotEqual(plain, ctl.RunWith("00\n0102\n\n", "plumbing", "root", "--alg", "sha256").Text);
    }

    [Fact]
    public void Names_the_line_that_is_not_hex()
    {
        CtlResult result = ctl.RunWith("00\n0x\n", "plumbing", "root", "--alg", "sha256");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("line 2", result.Error, StringComparison.Ordinal);
        Assert.Equal(2, ctl.RunWith("000\n", "plumbing", "root", "--alg", "sha256").ExitCode);
    }

    [Fact]
    public void Answers_every_inclusion_vector_as_it_wants()
    {
        foreach (JsonValue vector in Vectors("inclusion.json"))
        {
            string[] args =
            [
                "plumbing",
                "verify-inclusion",
                "--index",
                Number(vector["leafIdx"]!),
                "--size",
                Number(vector["treeSize"]!),
                "--leaf-hash",
                Hex(vector["leafHash"]!),
                "--root",
                Hex(vector["root"]!),
                .. Proof(vector),
            ];
            Agree(vector, ctl.Run(args));
        }
    }

    [Fact]
    public void Answers_every_consistency_vector_as_it_wants()
    {
        foreach (JsonValue vector in Vectors("consistency.json"))
        {
            string[] args =
            [
                "plumbing",
                "verify-consistency",
                "--from",
                Number(vector["size1"]!),
                "--to",
                Number(vector["size2"]!),
                "--root-from",
                Hex(vector["root1"]!),
                "--root-to",
                Hex(vector["root2"]!),
                .. Proof(vector),
            ];
            Agree(vector, ctl.Run(args));
        }
    }

    [Fact]
    public void Proofs_that_it_makes_hold()
    {
        string[] leaves = [.. Enumerable.Range(0, 7).Select(i => $"{i:x2}")];
        string file = ctl.Write("leaves", string.Join('\n', leaves));
        string root = ctl.Must("plumbing", "root", "--alg", "sha256", file).Text.Trim();
        for (int i = 0; i < leaves.Length; i++)
        {
            string leaf = ctl.RunWith(leaves[i], "plumbing", "root", "--alg", "sha256").Text.Trim();
            string[] path = ctl.Must("plumbing", "prove-inclusion", "--alg", "sha256", "--index", $"{i}", file).Lines;
            string[] check = ["--index", $"{i}", "--size", "7", "--leaf-hash", leaf, "--root", root];
            ctl.Must(["plumbing", "verify-inclusion", .. check, "--proof", string.Join(',', path)]);
            Assert.Equal(1, ctl.Run(["plumbing", "verify-inclusion", .. check]).ExitCode);

            string older = string.Join('\n', leaves[..(i + 1)]);
            string from = ctl.RunWith(older, "plumbing", "root", "--alg", "sha256").Text.Trim();
            path = ctl.Must("plumbing", "prove-consistency", "--alg", "sha256", "--from", $"{i + 1}", file).Lines;
            string[] proof = path.Length == 0 ? [] : ["--proof", string.Join(',', path)];
            string[] sizes = ["--from", $"{i + 1}", "--to", "7", "--root-from", from, "--root-to", root];
            ctl.Must(["plumbing", "verify-consistency", .. sizes, .. proof]);
        }
    }

    [Theory]
    [InlineData("prove-inclusion", "--index", "2")]
    [InlineData("prove-inclusion", "--index", "-1")]
    [InlineData("prove-inclusion", "--index", "99999999999999999999")]
    [InlineData("prove-inclusion", "--index", "one")]
    [InlineData("prove-consistency", "--from", "0")]
    [InlineData("prove-consistency", "--from", "3")]
    public void Makes_no_proof_that_cannot_be(string verb, string option, string value) =>
        Assert.Equal(2, ctl.RunWith("00\n01\n", "plumbing", verb, "--alg", "sha256", option, value).ExitCode);

    [Theory]
    [InlineData("1", "1", "00", 1)] // hex, but not of 32 bytes
    [InlineData("18446744073709551615", "1", "", 1)]
    [InlineData("-1", "1", "", 1)]
    [InlineData("0", "1", "zz", 2)]
    [InlineData("0", "1", "000", 2)]
    [InlineData("one", "1", "00", 2)]
    public void A_check_answers_1_for_what_it_read_and_2_for_wrong_arguments(
        string index,
        string size,
        string root,
        int code
    )
    {
        CtlResult result = ctl.Run(
            "plumbing",
            "verify-inclusion",
            "--index",
            index,
            "--size",
            size,
            "--leaf-hash",
            "00",
            "--root",
            root
        );
        Assert.Equal(code, result.ExitCode);
        Assert.Empty(result.Bytes);
    }

    [Fact]
    public void Says_in_json_whether_a_proof_holds()
    {
        string leaf = new('0', 64);
        string[] args = ["--index", "0", "--size", "1", "--leaf-hash", leaf, "--json", "--root"];
        Assert.Equal("{\"holds\":true}\n", ctl.Must(["plumbing", "verify-inclusion", .. args, leaf]).Text);
        CtlResult refuted = ctl.Run(["plumbing", "verify-inclusion", .. args, new string('1', 64)]);
        Assert.Equal(1, refuted.ExitCode);
        Assert.Equal("{\"holds\":false}\n", refuted.Text);
        Assert.Equal(
            "TSX5010",
            JsonValue.Parse(System.Text.Encoding.UTF8.GetBytes(refuted.Error))["error"]!["code"]!.AsString()
        );
    }

    // Vectors hold sizes that only fit 64 unsigned bits, which our own reader refuses as numbers: they are quoted first.
    private static JsonValue[] Vectors(string file)
    {
        string text = File.ReadAllText(Spec.Path("vectors", "merkle-rfc6962", file));
        text = System.Text.RegularExpressions.Regex.Replace(text, """(?<=: )(\d{16,})""", "\"$1\"");
        JsonValue[] vectors = [.. JsonValue.Parse(System.Text.Encoding.UTF8.GetBytes(text)).Items];
        Assert.True(vectors.Length > 40);
        return vectors;
    }

    private static void Agree(JsonValue vector, CtlResult result)
    {
        int wanted = vector["wantErr"]!.Kind == JsonKind.True ? 1 : 0;
        Assert.True(wanted == result.ExitCode, $"{vector["file"]}: {result.ExitCode}, {result.Error}");
    }

    private static string Number(JsonValue value) =>
        value.Kind == JsonKind.String ? value.AsString() : value.AsNumberText();

    private static string[] Proof(JsonValue vector) =>
        vector["proof"] is { Kind: JsonKind.Array, Items.Length: > 0 } proof
            ? ["--proof", string.Join(',', Strings(proof).Select(h => Hex(h)))]
            : [];

    private static string[] Strings(JsonValue array) => [.. array.Items.ToArray().Select(item => item.AsString())];

    private static string Hex(JsonValue base64) => base64.Kind == JsonKind.Null ? "" : Hex(base64.AsString());

    private static string Hex(string base64) => Convert.ToHexStringLower(Convert.FromBase64String(base64));
}
