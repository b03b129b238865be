using System.Diagnostics;
using Tessrax.Canonical;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary>The plumbing verbs with <c>--alg blake3</c>, through the real binary.</summary>
public sealed class CliBlake3Tests : IDisposable
{
    private readonly Ctl ctl = new();

    public void Dispose() => ctl.Dispose();

    [Fact]
    public void Hashes_the_published_inputs()
    {
        JsonValue vectors = JsonValue.Parse(File.ReadAllBytes(Spec.Path("vectors", "blake3", "test_vectors.json")));
        ReadOnlySpan<JsonValue> cases = vectors["cases"]!.Items;
        for (int i = 0; i < cases.Length; i += 6)
        {
            byte[] input = Counting(int.Parse(cases[i]["input_len"]!.AsNumberText(), null));
            string wanted = cases[i]["hash"]!.AsString()[..64] + "\n";
            Assert.Equal(wanted, ctl.RunWith(input, "plumbing", "hash", "--alg", "blake3").Text);
        }
    }

    // Longer than what is read at once, and of no round length.
    [Fact]
    public void Hashes_a_long_file_as_b3sum_does()
    {
        string path = ctl.PathOf("long");
        File.WriteAllBytes(path, Counting(1_234_567));
        string ours = ctl.Must("plumbing", "hash", "--alg", "blake3", path).Text;
        Assert.Equal(ours, ctl.RunWith(File.ReadAllBytes(path), "plumbing", "hash", "--alg", "blake3").Text);
        Assert.SkipUnless(OnPath("b3sum"), "b3sum is not installed");
        using Process b3sum = Process.Start(
            new ProcessStartInfo("b3sum", ["--no-names", path]) { RedirectStandardOutput = true }
        )!;
        Assert.Equal(b3sum.StandardOutput.ReadToEnd(), ours);
        b3sum.WaitForExit();
    }

    // The values of spec/hashing.md, which b3sum gives for the bytes that the tree is made of.
    [Fact]
    public void Gives_the_roots_of_the_specification()
    {
        Assert.Equal("af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262", Root(""));
        Assert.Equal("2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213", Root("\n"));
        Assert.Equal("86281e6e474210569df165badfa31d678dc43ba480192b3583b9e7e8cbdc29ee", Root("00\n0102\n"));
    }

    [Fact]
    public void Proofs_that_it_makes_hold_for_the_engine_that_made_them_only()
    {
        string[] leaves = [.. Enumerable.Range(0, 7).Select(i => $"{i:x2}")];
        string file = ctl.Write("leaves", string.Join('\n', leaves));
        string root = Root(string.Join('\n', leaves));
        foreach (int i in (int[])[0, 3, 6])
        {
            string[] path = ctl.Must("plumbing", "prove-inclusion", "--alg", "blake3", "--index", $"{i}", file).Lines;
            string[] check = ["--index", $"{i}", "--size", "7", "--leaf-hash", Root(leaves[i]), "--root", root];
            string[] proof = ["--proof", string.Join(',', path)];
            ctl.Must(["plumbing", "verify-inclusion", "--alg", "blake3", .. check, .. proof]);
            Assert.Equal(1, ctl.Run(["plumbing", "verify-inclusion", .. check, .. proof]).ExitCode);
        }
        string from = Root(string.Join('\n', leaves[..3]));
        string[] older = ctl.Must("plumbing", "prove-consistency", "--alg", "blake3", "--from", "3", file).Lines;
        string[] sizes = ["--from", "3", "--to", "7", "--root-from", from, "--root-to", root];
        string[] joined = ["--proof", string.Join(',', older)];
        ctl.Must(["plumbing", "verify-consistency", "--alg", "blake3", .. sizes, .. joined]);
        Assert.Equal(1, ctl.Run(["plumbing", "verify-consistency", "--alg", "sha256", .. sizes, .. joined]).ExitCode);
    }

    [Theory]
    [InlineData("hash")]
    [InlineData("root")]
    public void Names_the_engines_there_are(string verb)
    {
        CtlResult result = ctl.RunWith("", "plumbing", verb, "--alg", "BLAKE3");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("sha256 and blake3", result.Error, StringComparison.Ordinal);
    }

    private string Root(string lines)
    {
        CtlResult result = ctl.RunWith(lines, "plumbing", "root", "--alg", "blake3");
        Assert.Equal(0, result.ExitCode);
        return result.Text.Trim();
    }

    private static byte[] Counting(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i % 251))];

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}
