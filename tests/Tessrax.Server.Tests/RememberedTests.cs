using Tessrax.Client;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Publishing;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary>What a command has accepted of a log, the next one holds the server to.</summary>
public sealed class RememberedTests : IAsyncLifetime
{
    private TestServer server = null!;
    private Ctl ctl = null!;

    public async ValueTask InitializeAsync()
    {
        server = await TestServer.Start(ClientTests.Filled());
        ctl = new Ctl(server.Home);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task An_older_copy_of_a_ledger_is_refused_by_the_next_command()
    {
        string older = server.Home.Beside("older");
        Copy(server.Home.DirectoryPath, older);
        long before = server.Ledger.Pipeline.Tree.Size;
        Assert.Equal(0, Checkpoint(server).Code);
        await Append("more");
        Assert.Equal(0, Checkpoint(server).Code);
        byte[] seen = File.ReadAllBytes(Seen);
        await server.Running.StopAsync();
        Directory.Delete(server.Home.DirectoryPath, recursive: true);
        Directory.Move(older, server.Home.DirectoryPath);
        // Whoever brings an old copy back on a new machine has no mark either.
        Directory.Delete(server.Home.State, recursive: true);
        await using TestServer behind = await TestServer.Restart(server, static options => options);
        foreach (string verb in (string[])["checkpoint", "log", "checkpoint"])
        {
            CtlRun refused = ctl.Run(verb, behind.Running.Address.ToString(), "--trust", ctl.Trust());
            Assert.Equal(1, refused.Code);
            Assert.Empty(refused.Output);
            Assert.Contains("TSX6041", refused.Error, StringComparison.Ordinal);
            Assert.Contains(
                $"covers {before} entries, and one of {before + 1}",
                refused.Error,
                StringComparison.Ordinal
            );
            Assert.Contains("hint: ", refused.Error, StringComparison.Ordinal);
        }
        Assert.Equal(seen, File.ReadAllBytes(Seen));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(-2)]
    public void Another_history_is_refused_by_the_next_command(int fewer)
    {
        long size = server.Ledger.Pipeline.Tree.Size - fewer;
        byte[] other = Signed(new TreeHead(size, new Digest(new byte[32])));
        Directory.CreateDirectory(Path.GetDirectoryName(Seen)!);
        File.WriteAllBytes(Seen, other);
        CtlRun refused = Checkpoint(server);
        Assert.Equal(1, refused.Code);
        Assert.Contains("TSX6041", refused.Error, StringComparison.Ordinal);
        Assert.Contains(Seen, refused.Error, StringComparison.Ordinal);
        Assert.Equal(other, File.ReadAllBytes(Seen));
    }

    [Fact]
    public async Task An_older_checkpoint_that_is_shown_to_be_a_beginning_is_called_no_fork()
    {
        byte[] old = await server.Http.GetByteArrayAsync(new Uri("/v1/checkpoint", UriKind.Relative));
        await Append("more");
        Assert.Equal(0, Checkpoint(server).Code);
        (LedgerClient client, Between between) = Between.Connect(
            server,
            options => options with { Memory = new Memory(new SeenCheckpoint(OfUser, server.Home.Id.ToHex())) }
        );
        using LedgerClient one = client;
        between.Lie = (path, _) => path == "/v1/checkpoint" ? old : null;
        TessraxException refused = await Assert.ThrowsAsync<TessraxException>(async () =>
            await client.CheckpointAsync()
        );
        Assert.Equal("TSX6041", refused.Code.ToString());
        Assert.Contains("older state of the same log", refused.Message, StringComparison.Ordinal);
        Assert.Contains("no fork", refused.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_no_key_of_the_log_signed_says_nothing_and_where_nothing_can_be_kept_one_reads_all_the_same()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Seen)!);
        await File.WriteAllTextAsync(Seen, "torn");
        string remains = Path.Combine(Path.GetDirectoryName(Seen)!, ".checkpoint.999999999.1.tmp");
        await File.WriteAllTextAsync(remains, "of a process that was killed");
        Assert.Equal(0, Checkpoint(server).Code);
        Assert.False(File.Exists(remains));
        Assert.Equal(server.Ledger.Pipeline.Tree.Size, Checkpoint(File.ReadAllBytes(Seen)).Head.Size);
        Directory.Delete(Path.GetDirectoryName(Path.GetDirectoryName(Seen)!)!, recursive: true);
        await File.WriteAllTextAsync(Path.GetDirectoryName(Path.GetDirectoryName(Seen)!)!, "in the way");
        CtlRun run = Checkpoint(server);
        Assert.Equal(0, run.Code);
        Assert.Contains("not remembered", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_several_that_raise_it_at_once_none_lowers_it()
    {
        Parallel.For(
            1,
            9,
            worker =>
            {
                var seen = new SeenCheckpoint(OfUser, "log");
                for (int i = 0; i < 20; i++)
                {
                    byte[] mine = Signed(new TreeHead((i * 8) + worker, new Digest(new byte[32])));
                    byte[] read;
                    do read = seen.Read();
                    while (
                        (read.Length == 0 || Checkpoint(read).Head.Size < Checkpoint(mine).Head.Size)
                        && !seen.TryReplace(read, mine)
                    );
                    Assert.True(Checkpoint(seen.Read()).Head.Size >= Checkpoint(mine).Head.Size);
                }
            }
        );
        Assert.Equal(160, Checkpoint(new SeenCheckpoint(OfUser, "log").Read()).Head.Size);
        Assert.False(new SeenCheckpoint(OfUser, "log").TryReplace([], [1]));
    }

    private string Seen => new SeenCheckpoint(OfUser, server.Home.Id.ToHex()).Path;

    private Node.NodeEnvironment OfUser =>
        server.Home.Environment with
        {
            StateDirectory = Path.Combine(ctl.Home, ".local", "state", "tessrax"),
        };

    private CtlRun Checkpoint(TestServer asked) =>
        ctl.Run("checkpoint", asked.Running.Address.ToString(), "--trust", ctl.Trust());

    private static Checkpoint Checkpoint(byte[] note) => Keys.Checkpoint.ParseBody(SignedNote.Parse(note).Text);

    private static byte[] Signed(TreeHead head)
    {
        using PrivateKey log = TestLedger.Seeded(1);
        return new Checkpoint(TestLedger.Origin, head).Sign(log).ToBytes();
    }

    private async Task Append(string text)
    {
        AppendReceipt done = await server.Ledger.Pipeline.AppendAsync(
            new OwnDraft("x-note", System.Text.Encoding.UTF8.GetBytes($"\"{text}\""))
        );
        using (server.Ledger.Moment(done.Index + 1)) { }
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(file) == "lock")
                continue;
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private sealed class Memory(SeenCheckpoint seen) : ICheckpointMemory
    {
        public string Place => seen.Path;

        public byte[] Read() => seen.Read();

        public bool TryReplace(byte[] read, byte[] now) => seen.TryReplace(read, now);
    }
}
