using System.Text;
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

    [Fact]
    public void Blake3_is_that_of_b3sum() => Compare("blake3", "b3sum", ["--num-threads", "1"]);

    [Fact]
    public void Keyed_derived_and_long_blake3_is_that_of_noble()
    {
        var random = new Random(3);
        var questions = new List<JsonObject>();
        var ours = new List<string>();
        foreach (int length in Lengths.Where(length => length % 7 == 0 || length > 1000))
        {
            byte[] data = Random(length);
            var output = new byte[random.Next(1, 300)];
            byte[] key = Random(Blake3Hasher.KeySize);
            string context = $"tessrax differential {length}";
            Blake3Hasher.Hash(data, output);
            Ask(data, output);
            Blake3Hasher.KeyedHash(key, data, output);
            Ask(data, output, ("key", Peer.Bytes(key)));
            Blake3Hasher.DeriveKey(context, data, output);
            Ask(data, output, ("context", Peer.Bytes(Encoding.UTF8.GetBytes(context))));
        }
        IReadOnlyList<PeerAnswer> answers = Peer.Ask(questions);
        for (int i = 0; i < ours.Count; i++)
            Assert.True(answers[i].Text == ours[i], questions[i].ToJsonString());

        void Ask(byte[] data, byte[] output, params (string, JsonNode?)[] more)
        {
            questions.Add(Peer.Question("blake3", [("data", Peer.Bytes(data)), ("length", output.Length), .. more]));
            ours.Add(Convert.ToHexStringLower(output));
        }
    }

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
