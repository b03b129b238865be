using System.Globalization;
using System.Text;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Publishing;
using Tessrax.Node.Tests.Appending;
using Tessrax.Node.Trees;

namespace Tessrax.Node.Tests.Publishing;

/// <summary>Entries, their tree and their signed checkpoints, with a publisher that offers them: what the writer has, without a ledger.</summary>
internal sealed class PublishedLog
{
    public const string Folder = "/ledger";
    private static readonly PrivateKey Signer = TestLedger.Seeded(1);
    private readonly List<ReadOnlyMemory<byte>> durable = [];
    private SignedNote? newest;

    public static VerifierKey Key { get; } = VerifierKey.Create(TestLedger.Origin, Signer.PublicKey);

    public FakeClock Clock { get; } = new();

    public LedgerTree Tree { get; private set; } = new(TreeHasher.Sha256);

    /// <summary>How many entries were read back.</summary>
    public long ReadBack { get; private set; }

    public static byte[] Entry(long i) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"entry {i}"));

    public static TileReport Check(IDisk disk, string folder = Folder) =>
        new TileCheck(new TileDirectory(Path.Combine(folder, "tiles"), disk), Key)
            .RunAsync()
            .AsTask()
            .GetAwaiter()
            .GetResult();

    /// <summary>Begins a session as a writer does: reads what is durable, then offers.</summary>
    public TilePublisher Open(IDisk disk, string folder = Folder)
    {
        string tiles = Path.Combine(folder, "tiles");
        var store = new TreeFiles(tiles, TreeHasher.Sha256, disk, canWrite: true) { EntriesFrom = From };
        Tree = new LedgerTree(TreeHasher.Sha256, store);
        Tree.Append([.. durable.Select(entry => TreeHasher.Sha256.Leaf(entry.Span))]);
        Tree.Settle();
        return new(tiles, new NodeEnvironment(Clock, SystemRandom.Fill, disk, null, null), Tree, From, newest);
    }

    /// <summary>Makes a batch durable and offers it.</summary>
    public void Append(TilePublisher publisher, int count)
    {
        var batch = new List<ReadOnlyMemory<byte>>();
        for (int i = 0; i < count; i++)
        {
            byte[] entry = Entry(Tree.Size);
            Tree.Append(TreeHasher.Sha256.Leaf(entry));
            batch.Add(entry);
        }
        durable.AddRange(batch);
        newest = new Checkpoint(TestLedger.Origin, new TreeHead(Tree.Size, Tree.Root())).Sign(Signer);
        publisher.Note(Tree.Size - batch.Count, Tree.Size, () => batch, newest.ToBytes());
    }

    private IEnumerable<ReadOnlyMemory<byte>> From(long index)
    {
        for (int i = (int)index; i < durable.Count; i++)
        {
            ReadBack++;
            yield return durable[i];
        }
    }
}
