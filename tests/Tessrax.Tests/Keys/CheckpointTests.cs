using System.Text.Json;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Keys;

public sealed class CheckpointTests
{
    private const string EmptyRoot = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    private const string Root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

    [Fact]
    public void Every_checkpoint_of_a_real_log_opens()
    {
        using JsonDocument file = Vectors.Read("tlog", "checkpoints.json");
        var vkey = VerifierKey.Parse(file.RootElement.GetProperty("vkey").GetString()!);
        string origin = file.RootElement.GetProperty("origin").GetString()!;
        int size = 0;
        foreach (JsonElement test in file.RootElement.GetProperty("checkpoints").EnumerateArray())
        {
            byte[] note = Samples.Bytes(test.GetProperty("note").GetString()!);
            Assert.True(Checkpoint.TryOpen(note, vkey, out Checkpoint? checkpoint, out string reason), reason);
            Assert.Equal(size, checkpoint.Head.Size);
            Assert.Equal(origin, checkpoint.Origin);
            Assert.False(Checkpoint.TryOpen(note, Samples.Log, out _, out _));
            size++;
        }
        Assert.Equal(16, size);
    }

    [Fact]
    public void Signs_and_opens()
    {
        SignedNote note = Samples.Checkpoint.Sign(Samples.LogKey);
        Assert.Equal(Samples.Checkpoint.Body, note.Text);
        Assert.True(Checkpoint.TryOpen(note.ToBytes(), Samples.Log, out Checkpoint? read, out _));
        Assert.Equal(Samples.Checkpoint, read);
    }

    [Theory]
    [InlineData("example.com/a\n0\n" + EmptyRoot + "\n")]
    [InlineData("example.com/a\n1\n" + Root + "\n")]
    [InlineData("go.sum database tree\n20852163\n" + Root + "\n")]
    [InlineData("a\n9223372036854775807\n" + Root + "\n")]
    public void Reads_the_three_lines(string body) => Assert.Equal(body, Checkpoint.ParseBody(body).Body);

    [Theory]
    [InlineData("", true)]
    [InlineData("extension\n", true)]
    [InlineData(" \nexample.com/b\n7\n" + Root + "\n", true)]
    [InlineData("\n", false)]
    [InlineData("extension\n\n", false)]
    [InlineData("\nextension\n", false)]
    [InlineData("extension", false)]
    [InlineData("\t\n", false)]
    public void Extension_lines_of_other_logs_are_opaque_and_not_empty(string lines, bool allowed)
    {
        string body = "example.com/a\n1\n" + Root + "\n" + lines;
        Assert.Equal(allowed, Checkpoint.TryParseHead(body, out Checkpoint? read));
        Assert.Equal(allowed ? 1L : null, read?.Head.Size);
        Assert.Equal(lines.Length == 0, Checkpoint.TryParseBody(body, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n\n")]
    [InlineData("example.com/a\n1\n" + Root)]
    [InlineData("example.com/a\n1\n" + Root + "\n\n")]
    [InlineData("example.com/a\n1\n" + Root + "\nextension\n")]
    [InlineData("\n1\n" + Root + "\n")]
    [InlineData("example.com/a\n01\n" + Root + "\n")]
    [InlineData("example.com/a\n+1\n" + Root + "\n")]
    [InlineData("example.com/a\n-1\n" + Root + "\n")]
    [InlineData("example.com/a\n 1\n" + Root + "\n")]
    [InlineData("example.com/a\n1 \n" + Root + "\n")]
    [InlineData("example.com/a\n1e3\n" + Root + "\n")]
    [InlineData("example.com/a\n\u0661\n" + Root + "\n")]
    [InlineData("example.com/a\n\n" + Root + "\n")]
    [InlineData("example.com/a\n9223372036854775808\n" + Root + "\n")]
    [InlineData("example.com/a\n0\n" + Root + "\n")]
    [InlineData("example.com/a\n00\n" + EmptyRoot + "\n")]
    [InlineData("example.com/a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n")]
    [InlineData("example.com/a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n")]
    [InlineData("example.com/a\n1\nAAAA\n")]
    [InlineData("example.com/a\t\n1\n" + Root + "\n")]
    [InlineData("tessrax/entry/v1\n1\n" + Root + "\n")]
    [InlineData("cosignature/v1\n1\n" + Root + "\n")]
    public void Refuses_what_is_not_a_checkpoint(string body)
    {
        Assert.False(Checkpoint.TryParseBody(body, out _));
        var error = Assert.Throws<TessraxException>(() => Checkpoint.ParseBody(body));
        Assert.Equal(ErrorCodes.BadNote, error.Code);
    }

    [Fact]
    public void Refuses_a_checkpoint_whose_origin_is_not_the_keys_name()
    {
        var note = SignedNote.Sign($"example.com/other\n1\n{Root}\n", Samples.Origin, Samples.LogKey);
        Assert.True(note.TryVerify(Samples.Log));
        Assert.False(Checkpoint.TryOpen(note.ToBytes(), Samples.Log, out Checkpoint? checkpoint, out string reason));
        Assert.Null(checkpoint);
        Assert.Contains("example.com/other", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Does_not_sign_an_empty_tree_with_another_root()
    {
        var checkpoint = new Checkpoint(Samples.Origin, new TreeHead(0, default));
        Assert.Throws<InvalidOperationException>(() => checkpoint.Sign(Samples.LogKey));
        var empty = new Checkpoint(Samples.Origin, new TreeHead(0, HashEngine.Sha256.Hash([])));
        Assert.Contains(EmptyRoot, empty.Sign(Samples.LogKey).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("example.com/ledger")]
    [InlineData("x")]
    [InlineData("b\u00FCro.example/h\u00F6fe")]
    public void Allows_origins(string origin) => Assert.Equal(origin, Origins.Check(origin));

    [Theory]
    [InlineData("")]
    [InlineData("tessrax/")]
    [InlineData("tessrax/entry/v1")]
    [InlineData("cosignature/v1")]
    [InlineData("go.sum database tree")]
    [InlineData("a+b")]
    [InlineData("a\nb")]
    [InlineData("a\u00A0b")]
    [InlineData("a\u007Fb")]
    [InlineData("a\u0090b")]
    public void Refuses_origins(string origin)
    {
        Assert.Equal(ErrorCodes.BadValue, Assert.Throws<TessraxException>(() => Origins.Check(origin)).Code);
        Assert.Equal(
            ErrorCodes.BadValue,
            Assert
                .Throws<TessraxException>(() => new Checkpoint(origin, Samples.Checkpoint.Head).Sign(Samples.LogKey))
                .Code
        );
    }

    [Fact]
    public void Refuses_origins_past_255_bytes()
    {
        Assert.Equal(255, Origins.Check(new string('a', 255)).Length);
        Assert.Throws<TessraxException>(() => Origins.Check(new string('a', 256)));
        Assert.Throws<TessraxException>(() => Origins.Check(new string('\u00E8', 128)));
    }
}
