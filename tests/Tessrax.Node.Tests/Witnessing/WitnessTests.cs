using System.Globalization;
using System.Text;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Tests.Files;
using Tessrax.Node.Witnessing;
using Xunit;

namespace Tessrax.Node.Tests.Witnessing;

/// <summary>What a witness cosigned binds it, whatever fails and however it ends.</summary>
public sealed class WitnessTests : IDisposable
{
    private const string Origin = "example.com/log";

    private static readonly MerkleTree Tree = Grow("");

    // The same first three leaves, and others behind them.
    private static readonly MerkleTree Fork = Grow("other ");

    private readonly TemporaryFolder folder = new();

    private string State => folder["state"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Cosigns_a_log_that_grows_and_goes_on_where_it_was()
    {
        VerifierKey verifier;
        using (Witness witness = Open(SystemDisk.Instance))
        {
            verifier = witness.Verifier;
            Assert.True(Cosigns(witness, Tree, 0, 3));
            Assert.True(Cosigns(witness, Tree, 3, 3));
            Assert.True(Cosigns(witness, Tree, 3, 7));
            Assert.Equal("7\n", Ask(witness, Tree, 3, 9).Body);
        }
        using Witness again = Open(SystemDisk.Instance);
        Assert.Equal(409, Ask(again, Fork, 3, 9).Status);
        Assert.Equal(422, Ask(again, Fork, 7, 9).Status);
        Assert.Equal(422, Ask(again, Fork, 7, 7).Status);
        WitnessAnswer answer = Ask(again, Tree, 7, 9);
        Assert.True(WitnessAnswer.TryReadLines(Encoding.UTF8.GetBytes(answer.Body), out var lines));
        Assert.True(Note(Tree, 9).With(lines.Single()).TryVerify(verifier));
    }

    [Fact]
    public void Logs_do_not_mix()
    {
        using Witness witness = Open(SystemDisk.Instance);
        Assert.True(Cosigns(witness, Tree, 0, 7));
        // The other log's key is not this one's.
        Assert.Equal(403, Ask(witness, Tree, 0, 7, "example.com/another").Status);
        Assert.Equal(404, Ask(witness, Tree, 0, 7, "example.com/unknown").Status);
        Assert.Single(Directory.GetFiles(State), file => Path.GetFileName(file).Length == 64);
    }

    [Fact]
    public void A_second_process_with_the_same_state_is_refused()
    {
        using Witness witness = Open(SystemDisk.Instance);
        TessraxException refused = Assert.Throws<TessraxException>(() => Open(SystemDisk.Instance));
        Assert.Equal(ErrorCodes.Locked, refused.Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a note")]
    [InlineData("changed")]
    [InlineData("another witness")]
    public void A_state_that_is_not_its_own_stops_it(string what)
    {
        using (Witness witness = Open(SystemDisk.Instance))
            Assert.True(Cosigns(witness, Tree, 0, 7));
        string file = Directory.GetFiles(State).Single(path => Path.GetFileName(path).Length == 64);
        string kept = File.ReadAllText(file);
        if (what == "changed")
            File.WriteAllText(file, kept.Replace("\n7\n", "\n6\n", StringComparison.Ordinal));
        else if (what != "another witness")
            File.WriteAllText(file, what);
        byte seed = what == "another witness" ? (byte)78 : (byte)77;
        TessraxException damaged = Assert.Throws<TessraxException>(() => Open(SystemDisk.Instance, seed));
        Assert.Equal(ErrorCodes.Damaged, damaged.Code);
        // And frees the lock.
        File.WriteAllText(file, kept);
        Open(SystemDisk.Instance).Dispose();
    }

    [Fact]
    public void Whichever_step_fails_it_never_cosigns_two_histories()
    {
        Directory.CreateDirectory(State);
        foreach (Fault fault in Enum.GetValues<Fault>())
        {
            // The process goes on after the failure, or ends with it.
            for (int turn = 2; ; turn++)
            {
                (int step, bool goesOn) = (turn / 2, turn % 2 == 0);
                var disk = new FaultyDisk(step);
                disk.CreateDirectory(folder.Path);
                MerkleTree? bound;
                using (Witness witness = Open(disk))
                {
                    Assert.True(Cosigns(witness, Tree, 0, 3));
                    disk.FailAt(disk.Steps + step, fault);
                    bound = Cosigns(witness, Tree, 3, 7) ? Tree : null;
                    if (disk.Fired && fault != Fault.Crash && goesOn)
                        TryBoth(witness, ref bound, $"{fault} at {step}");
                }
                if (!disk.Fired)
                    break;
                foreach (FaultyDisk after in (FaultyDisk[])[disk.AfterKill(), disk.AfterPowerLoss(step)])
                {
                    using Witness again = Open(after);
                    MerkleTree? then = bound;
                    TryBoth(again, ref then, $"{fault} at {step}, and then an end");
                }
            }
        }
    }

    [Fact]
    public void Of_two_requests_at_once_one_wins()
    {
        using Witness witness = Open(SystemDisk.Instance);
        Assert.True(Cosigns(witness, Tree, 0, 3));
        WitnessAnswer[] answers = new WitnessAnswer[16];
        Parallel.For(
            0,
            answers.Length,
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            i => answers[i] = Ask(witness, i % 2 == 0 ? Tree : Fork, 3, 7)
        );
        Assert.Single(answers, answer => answer.Status == 200);
        Assert.All(answers, answer => Assert.Contains(answer.Status, (int[])[200, 409]));
    }

    [Theory]
    [InlineData("{0}", "example.com/log")]
    [InlineData("go.sum database tree={0}", "go.sum database tree")]
    [InlineData("a=b+c={0}", "a=b+c")]
    public void Logs_are_named_by_origin_and_key(string text, string origin)
    {
        var key = VerifierKey.Create(Origin, TestLedger.Seeded(1).PublicKey);
        var log = WitnessedLog.Parse(string.Format(CultureInfo.InvariantCulture, text, key));
        Assert.Equal(new WitnessedLog(origin, key), log);
    }

    [Theory]
    [InlineData("")]
    [InlineData("example.com/log")]
    [InlineData("={0}")]
    [InlineData("{0}x")]
    public void What_names_no_log_is_refused(string text)
    {
        var key = VerifierKey.Create(Origin, TestLedger.Seeded(1).PublicKey);
        var witness = VerifierKey.Create(Origin, TestLedger.Seeded(1).PublicKey, VerifierKey.Ed25519Cosignature);
        foreach (VerifierKey one in (VerifierKey[])[key, witness])
        {
            TessraxException refused = Assert.Throws<TessraxException>(() =>
                WitnessedLog.Parse(string.Format(CultureInfo.InvariantCulture, text, one))
            );
            Assert.Equal(ErrorCodes.BadKey, refused.Code);
        }
        Assert.Throws<TessraxException>(() => WitnessedLog.Parse($"{witness}"));
    }

    // A hostile log tries both of its histories from every size: one at most is ever cosigned, and one can be.
    private static void TryBoth(Witness witness, ref MerkleTree? bound, string when)
    {
        foreach (MerkleTree history in (MerkleTree[])[Fork, Tree])
        {
            if (!Cosigns(witness, history, 3, 7) && !Cosigns(witness, history, 7, 7))
                continue;
            Assert.True(bound is null || bound == history, $"{when}: both histories are cosigned");
            bound = history;
        }
        Assert.True(bound is not null, $"{when}: it does not go on");
    }

    private Witness Open(IDisk disk, byte seed = 77)
    {
        var environment = new NodeEnvironment(TimeProvider.System, SystemRandom.Fill, disk, null, null);
        WitnessedLog[] logs =
        [
            new(Origin, VerifierKey.Create(Origin, TestLedger.Seeded(1).PublicKey)),
            new("example.com/another", VerifierKey.Create("example.com/another", TestLedger.Seeded(2).PublicKey)),
        ];
        return Witness.Open(State, "w.example", TestLedger.Seeded(seed), logs, environment);
    }

    private static bool Cosigns(Witness witness, MerkleTree tree, long old, long size)
    {
        try
        {
            return Ask(witness, tree, old, size).Status == 200;
        }
        catch (Exception e) when (e is TessraxException or SimulatedCrash)
        {
            return false;
        }
    }

    private static WitnessAnswer Ask(Witness witness, MerkleTree tree, long old, long size, string origin = Origin)
    {
        Digest[] proof = old == 0 ? [] : ConsistencyProof.Prove(tree, old, size, TreeHasher.Sha256);
        return witness.AddCheckpoint(AddCheckpointRequest.Create(old, proof, Note(tree, size, origin)).ToBytes());
    }

    private static SignedNote Note(MerkleTree tree, long size, string origin = Origin)
    {
        using PrivateKey key = TestLedger.Seeded(1);
        return new Checkpoint(origin, new TreeHead(size, tree.RootAt(size))).Sign(key);
    }

    private static MerkleTree Grow(string prefix)
    {
        var tree = new MerkleTree(TreeHasher.Sha256);
        for (int i = 0; i < 9; i++)
            tree.Append(TreeHasher.Sha256.Leaf(Encoding.UTF8.GetBytes($"{(i < 3 ? "" : prefix)}{i}")));
        return tree;
    }
}
