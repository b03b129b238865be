using System.Text.Json.Nodes;
using Tessrax.Hashing;

namespace Tessrax.EndToEnd.Tests.Differential;

/// <summary>Digests of every short length and of some long ones, against noble's, OpenSSL's and b3sum's.</summary>
public class HashDifferentialTests
{
    private static readonly int[] Lengths =
    [
        .. Enumerable.Range(0, 400),
        .. new[] { 512, 1024, 2048, 3072, 4096, 5120, 8192, 16384, 31744, 102400 }.SelectMany(n =>
            new[] { n - 1, n, n + 1 }
        ),
    ];

    public static TheoryData<string> Engines => [.. Known.Engines];

    [Theory]
    [MemberData(nameof(Engines))]
    public void Digests_are_those_of_noble(string engine)
    {
        HashEngine ours = HashEngine.ByName(engine)!;
        JsonObject[] questions =
        [
            .. Lengths.Select(length => Peer.Question("hash", ("alg", engine), ("data", Peer.Bytes(Random(length))))),
        ];
        IReadOnlyList<PeerAnswer> answers = Peer.Ask(questions);
        for (int i = 0; i < Lengths.Length; i++)
            Assert.True(answers[i].Text == ours.Hash(Random(Lengths[i])).ToHex(), $"{engine} of {Lengths[i]} bytes");
    }

    [Fact]
    public void Sha256_is_that_of_openssl() => Compare("sha256", "openssl", ["dgst", "-sha256", "-r"]);

    private static void Compare(string engine, string tool, string[] arguments)
    {
        HashEngine ours = HashEngine.ByName(engine)!;
        string folder = Directory.CreateTempSubdirectory("tessrax-hash-").FullName;
        try
        {
            string[] files = [.. Lengths.Select(length => Path.Combine(folder, $"{length}"))];
            for (int i = 0; i < files.Length; i++)
                File.WriteAllBytes(files[i], Random(Lengths[i]));
            Tool.Result result = Tool.Run(tool, [.. arguments, .. files]);
            Assert.True(result.ExitCode == 0, result.Error);
            string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(files.Length, lines.Length);
            for (int i = 0; i < files.Length; i++)
                Assert.StartsWith(ours.Hash(Random(Lengths[i])).ToHex(), lines[i], StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static byte[] Random(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
