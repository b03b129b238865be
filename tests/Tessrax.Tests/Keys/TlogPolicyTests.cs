using Tessrax.Keys;
using Xunit;

namespace Tessrax.Tests.Keys;

public sealed class TlogPolicyTests
{
    private static readonly PrivateKey[] WitnessKeys = [Samples.Key(11), Samples.Key(12), Samples.Key(13)];

    private static readonly string Definitions =
        $"# who counts\n\n  log {Samples.Log} https://example.com/\n"
        + string.Concat(Enumerable.Range(0, 3).Select(i => $"\twitness W{i + 1}   {Witness(i)}\thttps://w.example\n"));

    public static TheoryData<string, string> Bad =>
        new()
        {
            { "", "no quorum" },
            { $"log {Samples.Log}\n", "no quorum" },
            { "quorum none\nquorum none\n", "line 2" },
            { "quorum W1\n", "which no line above defines" },
            { "quorum\n", "must read" },
            { "quorum none none\n", "must read" },
            { "logs x\nquorum none\n", "begins with 'logs'" },
            { "log\nquorum none\n", "must read" },
            { "log nonsense\nquorum none\n", "no vkey" },
            { $"log {Samples.Log} u v\nquorum none\n", "must read" },
            { $"log {Samples.Log}\nlog {Samples.Log}\nquorum none\n", "line 2" },
            { $"log {Samples.Log}\nlog {Renamed(Samples.Log)}\nquorum none\n", "key is on a line above" },
            { $"log {Witness(0)}\nquorum none\n", "type 04" },
            { $"witness W {Samples.Log}\nquorum W\n", "type 01" },
            { $"witness none {Witness(0)}\nquorum none\n", "predefined" },
            { $"witness W {Witness(0)}\nwitness W {Witness(1)}\nquorum W\n", "defines 'W' again" },
            { $"witness W {Witness(0)}\nwitness V {Renamed(Witness(0))}\nquorum W\n", "key is on a line above" },
            { Definitions + "group G 2 W1\nquorum G\n", "asks for '2' of 1" },
            { Definitions + "group G 0 W1\nquorum G\n", "asks for '0'" },
            { Definitions + "group G 01 W1\nquorum G\n", "asks for '01'" },
            { Definitions + "group G -1 W1\nquorum G\n", "asks for '-1'" },
            { Definitions + "group G some W1\nquorum G\n", "asks for 'some'" },
            { Definitions + "group G all\nquorum G\n", "must read" },
            { Definitions + "group G all W1 W1\nquorum G\n", "member already" },
            { Definitions + "group G all W1\ngroup H all W1\nquorum H\n", "member already" },
            { Definitions + "group G all G\nquorum G\n", "which no line above defines" },
            { Definitions + "group G all H\ngroup H all W1\nquorum G\n", "which no line above defines" },
            { Definitions + "group G all none\nquorum G\n", "which no line above defines" },
            { Definitions + "group W1 all W2\nquorum W1\n", "defines 'W1' again" },
            { Definitions + "quorum G\ngroup G all W1\n", "which no line above defines" },
            { "quorum none\r\n", "control character" },
            { "quorum\u00A0none\n", "begins with" },
        };

    [Theory]
    [MemberData(nameof(Bad))]
    public void Refuses(string text, string because)
    {
        var error = Assert.Throws<TessraxException>(() => TlogPolicy.Parse(text));
        Assert.Equal(ErrorCodes.BadTrustRoot, error.Code);
        Assert.Contains(because, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("quorum none\n", 0)]
    [InlineData("quorum none", 0)]
    [InlineData("quorum W2\n", 2)]
    [InlineData("group G any W1 W2 W3\nquorum G\n", 1, 2, 4)]
    [InlineData("group G 1 W1 W2 W3\nquorum G\n", 1, 2, 4)]
    [InlineData("group G 2 W1 W2 W3\nquorum G\n", 3, 5, 6)]
    [InlineData("group G all W1 W2 W3\nquorum G\n", 7)]
    [InlineData("group G any W1 W2\ngroup H all G W3\nquorum H\n", 5, 6)]
    [InlineData("group G all W1 W2\ngroup H any G W3\nquorum H\n", 3, 4)]
    [InlineData("group G all W1 W2\nquorum W3\n", 4)]
    public void Counts_a_quorum(string quorum, params int[] enough)
    {
        var policy = TlogPolicy.Parse(Definitions + quorum);
        for (int who = 0; who < 8; who++)
        {
            PolicyVerdict verdict = policy.Evaluate(Cosigned(who));
            // Whoever holds one of the least sets holds a quorum.
            bool expected = Array.Exists(enough, set => (who & set) == set);
            Assert.True(verdict.Holds == expected, $"witnesses {who:b3}: {verdict.Reason}");
            Assert.Equal(expected, verdict.Reason.Length == 0);
            Assert.Equal(Samples.Log, verdict.Log);
            Assert.Equal(Samples.Checkpoint, verdict.Checkpoint);
            Assert.Equal(int.PopCount(who), verdict.Witnesses.Count);
            Assert.Equal(policy.LogOnly, verdict.LogOnly);
        }
    }

    [Fact]
    public void Tells_when_witnesses_cosigned()
    {
        PolicyVerdict verdict = TlogPolicy.Parse(Definitions + "quorum W2\n").Evaluate(Cosigned(2));
        Assert.Equal([new Witnessed("W2", Witness(1), Samples.Noon)], verdict.Witnesses);
    }

    [Fact]
    public void One_witness_that_cosigns_twice_counts_once()
    {
        SignedNote note = Cosigned(1)
            .With(
                Cosignature.Sign(
                    Samples.Checkpoint,
                    Witness(0).Name,
                    WitnessKeys[0],
                    Samples.Noon + TimeSpan.FromHours(1)
                )
            );
        PolicyVerdict verdict = TlogPolicy.Parse(Definitions + "group G 2 W1 W2 W3\nquorum G\n").Evaluate(note);
        Assert.Single(verdict.Witnesses);
        Assert.False(verdict.Holds);
    }

    [Fact]
    public void Refuses_witnesses_without_the_log()
    {
        var witness = Cosignature.Sign(Samples.Checkpoint, Witness(0).Name, WitnessKeys[0], Samples.Noon);
        var note = SignedNote.Parse(Samples.Bytes($"{Samples.Checkpoint.Body}\n{witness}\n"));
        PolicyVerdict verdict = TlogPolicy.Parse(Definitions + "quorum W1\n").Evaluate(note);
        Assert.False(verdict.Holds);
        Assert.Null(verdict.Log);
        Assert.Contains(Samples.Origin, verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_checkpoint_that_another_log_of_the_policy_signed()
    {
        using PrivateKey otherKey = Samples.Key(2);
        var other = VerifierKey.Create("example.com/other", otherKey.PublicKey);
        var note = SignedNote.Sign(Samples.Checkpoint.Body, other.Name, otherKey);
        PolicyVerdict verdict = TlogPolicy.Parse($"log {Samples.Log}\nlog {other}\nquorum none\n").Evaluate(note);
        Assert.False(verdict.Holds);
    }

    [Fact]
    public void A_forged_witness_line_refuses_the_checkpoint()
    {
        var forged = new NoteSignature(Witness(0).Name, Witness(0).NoteId, new byte[72]);
        PolicyVerdict verdict = TlogPolicy.Parse(Definitions + "quorum none\n").Evaluate(Cosigned(6).With(forged));
        Assert.False(verdict.Holds);
        Assert.Null(verdict.Checkpoint);
    }

    [Fact]
    public void Does_not_throw_for_noise()
    {
        PolicyVerdict verdict = TlogPolicy.LogAlone(Samples.Log).Evaluate("noise"u8);
        Assert.False(verdict.Holds);
        Assert.NotEqual("", verdict.Reason);
        var note = SignedNote.Sign("no checkpoint\n", Samples.Origin, Samples.LogKey);
        Assert.Contains(
            "not a checkpoint",
            TlogPolicy.LogAlone(Samples.Log).Evaluate(note).Reason,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Reads_32_of_each()
    {
        var text = new System.Text.StringBuilder();
        for (byte i = 1; i <= 32; i++)
        {
            using PrivateKey key = Samples.Key(i);
            text.Append($"log {VerifierKey.Create($"l{i}", key.PublicKey)}\n");
            text.Append($"witness w{i} {VerifierKey.Create($"w{i}", key.PublicKey, VerifierKey.Ed25519Cosignature)}\n");
            text.Append(i == 1 ? "group g1 all w1\n" : $"group g{i} all g{i - 1} w{i}\n");
        }
        var policy = TlogPolicy.Parse(text.Append("quorum g32\n").ToString());
        Assert.Equal(32, policy.Logs.Count);
        Assert.Equal(32, policy.Witnesses.Count);
    }

    private static VerifierKey Witness(int i) =>
        VerifierKey.Create($"w{i + 1}.example", WitnessKeys[i].PublicKey, VerifierKey.Ed25519Cosignature);

    private static VerifierKey Renamed(VerifierKey key) => VerifierKey.Create("renamed", key.Key, key.Type);

    private static SignedNote Cosigned(int witnesses)
    {
        SignedNote note = Samples.Checkpoint.Sign(Samples.LogKey);
        for (int i = 0; i < 3; i++)
        {
            if ((witnesses & (1 << i)) != 0)
                note = note.With(Cosignature.Sign(Samples.Checkpoint, Witness(i).Name, WitnessKeys[i], Samples.Noon));
        }
        return note;
    }
}
