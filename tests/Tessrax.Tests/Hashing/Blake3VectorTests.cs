using System.Text;
using System.Text.Json;
using Tessrax.Hashing;
using Xunit;

namespace Tessrax.Tests.Hashing;

/// <summary>The published vectors of BLAKE3: 35 lengths in three modes with extended outputs.</summary>
public class Blake3VectorTests
{
    private static readonly JsonElement Vectors = JsonDocument
        .Parse(File.ReadAllBytes(Spec.Path("vectors", "blake3", "test_vectors.json")))
        .RootElement;

    private static readonly byte[] Key = Encoding.ASCII.GetBytes(Text("key"));
    private static readonly string Context = Text("context_string");

    [Theory]
    [MemberData(nameof(Blake3Inputs.Paths), MemberType = typeof(Blake3Inputs))]
    public void Every_mode_gives_the_published_outputs_on_every_path(string name)
    {
        Blake3Path path = Enum.Parse<Blake3Path>(name);
        (string Member, Blake3Hasher Hasher)[] modes =
        [
            ("hash", Blake3Inputs.Plain(path)),
            ("keyed_hash", Blake3Inputs.Keyed(path, Key)),
            ("derive_key", Blake3Hasher.ForKeyDerivation(path, Context)),
        ];
        Assert.Equal(35, Vectors.GetProperty("cases").GetArrayLength());
        foreach (JsonElement vector in Vectors.GetProperty("cases").EnumerateArray())
        {
            byte[] input = Blake3Inputs.Counting(vector.GetProperty("input_len").GetInt32());
            foreach ((string member, Blake3Hasher hasher) in modes)
            {
                string wanted = vector.GetProperty(member).GetString()!;
                hasher.Reset();
                hasher.Append(input);
                byte[] output = new byte[wanted.Length / 2];
                hasher.Finish(output);
                Assert.Equal(wanted, Convert.ToHexStringLower(output));
                Assert.Equal(wanted[..64], hasher.Finish().ToHex());
                hasher.Finish(output.AsSpan(70), 70);
                Assert.Equal(wanted, Convert.ToHexStringLower(output));
            }
        }
    }

    [Fact]
    public void Static_helpers_and_engine_give_the_published_outputs()
    {
        foreach (JsonElement vector in Vectors.GetProperty("cases").EnumerateArray())
        {
            byte[] input = Blake3Inputs.Counting(vector.GetProperty("input_len").GetInt32());
            string plain = vector.GetProperty("hash").GetString()!;
            byte[] output = new byte[plain.Length / 2];
            Blake3Hasher.Hash(input, output);
            Assert.Equal(plain, Convert.ToHexStringLower(output));
            Assert.Equal(plain[..64], Blake3Hasher.Hash(input).ToHex());
            Assert.Equal(plain[..64], HashEngine.Blake3.Hash(input).ToHex());
            Blake3Hasher.KeyedHash(Key, input, output);
            Assert.Equal(vector.GetProperty("keyed_hash").GetString(), Convert.ToHexStringLower(output));
            Blake3Hasher.DeriveKey(Context, input, output);
            Assert.Equal(vector.GetProperty("derive_key").GetString(), Convert.ToHexStringLower(output));
        }
    }

    private static string Text(string member) => Vectors.GetProperty(member).GetString()!;
}
