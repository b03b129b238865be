namespace Tessrax.EndToEnd.Tests;

/// <summary>Proofs for many leaves and for subtrees, made and checked by the real binary.</summary>
public sealed class CliProofTests : IDisposable
{
    private static readonly string[] Leaves = [.. Enumerable.Range(0, 7).Select(i => $"{i:x2}")];

    private readonly Ctl ctl = new();

    public void Dispose() => ctl.Dispose();

    [Theory]
    [InlineData("sha256", "1,4,6")]
    [InlineData("sha256", "3")]
    [InlineData("sha256", "0,1,2,3,4,5,6")]
    [InlineData("blake3", "1,4,6")]
    public void A_batch_proof_holds_for_its_leaves_and_for_no_others(string alg, string indexes)
    {
        string file = ctl.Write("leaves", string.Join('\n', Leaves));
        string[] proof = Join(ctl.Must("plumbing", "prove-batch", "--alg", alg, "--index", indexes, file).Lines);
        int[] at = [.. indexes.Split(',').Select(int.Parse)];
        string hashes = string.Join(',', at.Select(i => Root(alg, Leaves[i])));
        string[] rest = ["--size", "7", "--root", Root(alg, Leaves), "--alg", alg];
        ctl.Must(["plumbing", "verify-batch", "--index", indexes, "--leaf-hash", hashes, .. rest, .. proof]);
        string swapped = string.Join(',', at.Select(i => Root(alg, Leaves[6 - i])).Append(Root(alg, "ff")));
        string[][] wrong =
        [
            ["--index", indexes, "--leaf-hash", swapped, .. rest, .. proof],
            ["--index", indexes + ",7", "--leaf-hash", hashes, .. rest, .. proof],
            ["--index", indexes + ",2", "--leaf-hash", hashes, .. rest, .. proof],
            ["--index", indexes, "--leaf-hash", hashes, .. rest, "--proof", new string('0', 64)],
        ];
        foreach (string[] args in wrong)
            AssertRefuted("TSX5010", ctl.Run(["plumbing", "verify-batch", .. args]));
    }

    [Theory]
    [InlineData("4,1", 2)]
    [InlineData("1,1", 2)]
    [InlineData("7", 2)]
    [InlineData("-1", 2)]
    [InlineData("1,", 2)]
    [InlineData("0,6", 0)]
    public void Makes_no_batch_proof_that_cannot_be(string indexes, int code)
    {
        string text = string.Join('\n', Leaves);
        CtlResult result = ctl.RunWith(text, "plumbing", "prove-batch", "--alg", "sha256", "--index", indexes);
        Assert.Equal(code, result.ExitCode);
    }

    [Theory]
    [InlineData("sha256", 0, 5)]
    [InlineData("sha256", 4, 7)]
    [InlineData("sha256", 2, 4)]
    [InlineData("blake3", 4, 7)]
    public void A_subtree_is_proven_to_be_a_part_of_the_tree_and_its_leaves_to_be_in_it(string alg, int start, int end)
    {
        string file = ctl.Write("leaves", string.Join('\n', Leaves));
        string root = Root(alg, Leaves);
        string subtree = Root(alg, Leaves[start..end]);
        string[] range = ["--start", $"{start}", "--end", $"{end}"];
        string[] proof = Join(ctl.Must(["plumbing", "prove-subtree", "--alg", alg, .. range, file]).Lines);
        string[] check = ["plumbing", "verify-subtree", "--alg", alg, .. range, "--subtree-root"];
        ctl.Must([.. check, subtree, "--size", "7", "--root", root, .. proof]);
        AssertRefuted("TSX5014", ctl.Run([.. check, root, "--size", "7", "--root", subtree, .. proof]));
        AssertRefuted("TSX5014", ctl.Run([.. check, "00", "--size", "7", "--root", root, .. proof]));

        string leaf = Root(alg, Leaves[start]);
        string[] one = ["--index", $"{start}"];
        proof = Join(ctl.Must(["plumbing", "prove-subtree", "--alg", alg, .. range, .. one, file]).Lines);
        ctl.Must([.. check, subtree, .. one, "--leaf-hash", leaf, .. proof]);
        AssertRefuted("TSX5010", ctl.Run([.. check, root, .. one, "--leaf-hash", subtree, .. proof]));
    }

    [Theory]
    [InlineData("prove-subtree --alg sha256 --start 1 --end 3")]
    [InlineData("prove-subtree --alg sha256 --start 4 --end 8")]
    [InlineData("prove-subtree --alg sha256 --start 4 --end 4")]
    [InlineData("prove-subtree --alg sha256 --start 4 --end 6 --index 6")]
    [InlineData("verify-subtree --start 0 --end 1 --subtree-root 00")]
    [InlineData("verify-subtree --start 0 --end 1 --subtree-root 00 --size 1")]
    [InlineData("verify-subtree --start 0 --end 1 --subtree-root 00 --size 1 --root 00 --index 0 --leaf-hash 00")]
    public void Asks_for_arguments_that_make_sense(string line)
    {
        CtlResult result = ctl.RunWith(string.Join('\n', Leaves), ["plumbing", .. line.Split(' ')]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("TSX1012", result.Error, StringComparison.Ordinal);
    }

    private string Root(string alg, params string[] leaves) =>
        ctl.RunWith(string.Join('\n', leaves), "plumbing", "root", "--alg", alg).Text.Trim();

    private static string[] Join(string[] path) => path.Length == 0 ? [] : ["--proof", string.Join(',', path)];

    private static void AssertRefuted(string code, CtlResult result)
    {
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Bytes);
        Assert.Contains(code, result.Error, StringComparison.Ordinal);
    }
}
