using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;

namespace Tessrax.Cli.Commands.Bench;

/// <summary>A ledger of users' own events in a directory of its own, made to be verified and removed when disposed.</summary>
internal sealed class ReplayLedger : IDisposable
{
    private const string Origin = "bench.example/ledger";
    private const int Together = 1024;

    private readonly CliContext context;
    private readonly byte[] log;
    private readonly byte[] author;
    private readonly LedgerKeys keys;

    /// <param name="context">The command's.</param>
    /// <param name="parent">Where the directory is made.</param>
    public ReplayLedger(CliContext context, string parent)
    {
        this.context = context;
        Folder = Path.Combine(parent, $".tessrax-bench-{System.Environment.ProcessId}");
        // Nothing of this ledger is remembered outside of it.
        Environment = LedgerSession.Environment(context) with
        {
            ConfigDirectory = null,
            StateDirectory = null,
        };
        log = context.RandomBytes(PrivateKey.SeedSize);
        author = context.RandomBytes(PrivateKey.SeedSize);
        keys = Keys();
        Log = VerifierKey.Create(Origin, keys.Log.PublicKey);
        DiskErrors.Writing(Folder, () => LedgerFounder.CreatePrivate(Folder));
    }

    public string Folder { get; }

    /// <summary>Whether it is left where it is.</summary>
    public bool Stays { get; init; }

    public NodeEnvironment Environment { get; }

    /// <summary>The author's key, with which clients sign.</summary>
    public PrivateKey Author => keys.Author;

    public VerifierKey Log { get; }

    /// <summary>The id; meaningful once made.</summary>
    public Digest Id { get; private set; }

    /// <summary>Its keys, for a writer, which disposes them.</summary>
    public LedgerKeys Keys() => new(PrivateKey.FromSeed(log), PrivateKey.FromSeed(author));

    /// <summary>Makes the ledger.</summary>
    /// <param name="entries">How many events, besides genesis.</param>
    /// <param name="bytes">The bytes of each payload, about.</param>
    /// <param name="by">Who vouches for them.</param>
    /// <param name="hash">The tree's hash function.</param>
    /// <param name="pace">How much time passes with every 1,024 entries, as far as the ledger knows; null for what it is.</param>
    /// <param name="draft">Gives an event by its number; null for the usual one.</param>
    public void Make(
        int entries,
        int bytes,
        VoucherKind by,
        HashEngine hash,
        TimeSpan? pace = null,
        Func<int, Draft>? draft = null
    )
    {
        PacedTime? paced = pace is { } step
            ? new PacedTime(Environment.Clock.GetUtcNow() - step * (entries / Together + 1))
            : null;
        using LedgerWriter writer = Found(hash, paced);
        for (int done = 0; done < entries; )
        {
            context.Cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(Together, entries - done);
            IReadOnlyList<Draft> drafts =
            [
                .. Enumerable.Range(done, count).Select(number => draft?.Invoke(number) ?? DraftOf(number, bytes, by)),
            ];
            writer.Append(by == VoucherKind.Seal ? writer.Seal(drafts) : drafts);
            done += count;
            paced?.Pass(pace!.Value);
        }
    }

    /// <summary>Makes the ledger with nothing but its genesis.</summary>
    public LedgerWriter Found(HashEngine hash, TimeProvider? clock = null)
    {
        var genesis = new Genesis
        {
            Origin = Origin,
            Hash = hash.Name,
            Policy = Policy.Default,
            Keys =
            [
                new(Origin, KeyPurpose.Log, Log, [], 0),
                new("author", KeyPurpose.Author, VerifierKey.Create("author", keys.Author.PublicKey), [], 0),
            ],
        };
        LedgerWriter writer = LedgerWriter.Create(
            Folder,
            genesis,
            Keys(),
            Environment with
            {
                Clock = clock ?? Environment.Clock,
            }
        );
        Id = writer.Directory.Id;
        return writer;
    }

    /// <summary>Some of its entries, to measure with what they are made of.</summary>
    public StoredEntry[] Sample()
    {
        using var reader = new SegmentReader(Folder, Environment.Disk, (_, _) => true);
        return [.. reader.ReadAll(1).Take(1).SelectMany(batch => batch.Entries).Take(256)];
    }

    public void Dispose()
    {
        keys.Dispose();
        if (!Stays)
            Directory.Delete(Folder, recursive: true);
    }

    private static Draft DraftOf(int number, int bytes, VoucherKind by)
    {
        JsonValue data = JsonValue.Object(
            ("actor", $"service-{number % 97}"),
            ("amount", JsonValue.Number(number % 10_000 / 100.0)),
            ("currency", "EUR"),
            ("labels", JsonValue.Of(["bench", "replay"])),
            ("number", number),
            ("settled", number % 2 == 0)
        );
        int rest = bytes - new OwnEvent(data.With("note", ""), null).ToJson().ToCanonicalBytes().Length;
        return new Draft
        {
            Event = "x-bench",
            By = by,
            Payload = FrozenPayload.From(
                new OwnEvent(data.With("note", new string('n', Math.Max(0, rest))), null).ToJson()
            ),
        };
    }
}
