using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Interactive;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Evidence;
using Tessrax.Node.Files;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Reading;
using Tessrax.Node.Search;
using Tessrax.Node.Segments;
using Tessrax.Node.Serving;
using Tessrax.Node.Tests;
using Tessrax.Node.Transactions;
using Tessrax.Node.Witnessing;
using Tessrax.Tests;

namespace Tessrax.Api.Tests;

/// <summary>Where calls that touch files play: a folder of its own, a ledger to be copied, and what is opened anew for every call.</summary>
/// <remarks>No path that leaves the folder is ever given.</remarks>
internal sealed class ApiScenes : IDisposable
{
    private static readonly string[] PathNames =
    [
        "path",
        "ledger",
        "directory",
        "folder",
        "file",
        "place",
        "to",
        "from",
        "state",
        "old",
        "a",
        "b",
        "configDirectory",
        "stateDirectory",
        "cacheDirectory",
        "source",
        "target",
        "copy",
    ];

    private readonly Random random;
    private readonly TestLedger home = new(Decided());
    private readonly string scratch = Directory.CreateTempSubdirectory("tessrax-api-").FullName;
    private readonly List<object> opened = [];
    private readonly Dictionary<Type, Func<object>> openers;
    private int count;

    public ApiScenes(Random random)
    {
        this.random = random;
        // Whatever is taken for a path that it is not.
        Environment.CurrentDirectory = scratch;
        Fill();
        Dictionary<Type, Func<object>> all = new()
        {
            [typeof(ObjectReader)] = () => new ObjectReader(ApiSeeds.Readable),
            [typeof(TransactionDesk)] = () => new TransactionDesk(Open<LedgerWriter>()),
            [typeof(PrivateKey)] = () => TestLedger.Seeded((byte)(1 + random.Next(13))),
            [typeof(NodeEnvironment)] = Surroundings,
            [typeof(LedgerKeys)] = () => TestLedger.Keys(),
            [typeof(LedgerWriter)] = Writer,
            [typeof(LedgerView)] = () => home.View(),
            [typeof(LedgerGlance)] = () => LedgerGlance.Open(home.DirectoryPath, home.Environment),
            [typeof(Searcher)] = () => Searcher.Open(Open<LedgerGlance>(), home.Environment),
            [typeof(DecisionList)] = () => DecisionList.Open(Open<LedgerGlance>(), home.Environment),
            [typeof(LedgerPipeline)] = () => new LedgerPipeline(Writer()),
            [typeof(ServedLedger)] = () => Wait(ServedLedger.OpenAsync(Copy(), TestLedger.Keys(), Surroundings())),
            [typeof(Transactions)] = () => Wait(Transactions.OpenAsync(Open<LedgerPipeline>())),
            [typeof(LedgerHandle)] = () => Interactive.Ledger.Open(home.DirectoryPath, home.Environment),
            [typeof(StreamedFile)] = () => StreamedFile.Create(SystemDisk.Instance, NewPath(), true),
            [typeof(WriterLock)] = () => WriterLock.Acquire(NewFolder()),
            [typeof(Witness)] = () =>
                Witness.Open(NewFolder(), "example.com/w", TestLedger.Seeded(9), [], Surroundings()),
            [typeof(EvidenceStore)] = () => new EvidenceStore(Copy(), SystemDisk.Instance),
            [typeof(Ingestor)] = () => new Ingestor(Open<LedgerWriter>()),
            [typeof(KeyDesk)] = () => new KeyDesk(Open<LedgerWriter>()),
            [typeof(PolicyDesk)] = () => new PolicyDesk(Open<LedgerWriter>()),
            [typeof(PayloadDesk)] = () => new PayloadDesk(Open<LedgerWriter>(), SystemDisk.Instance),
            [typeof(Rollover)] = () => new Rollover(Open<LedgerWriter>(), NewPath(), Surroundings()),
            [typeof(ProposalDesk)] = () => new ProposalDesk(Open<LedgerWriter>()),
        };
        openers = all;
    }

    /// <summary>The ledger that copies are made of.</summary>
    public TestLedger Home => home;

    /// <summary>Whether a text is a path: the core knows none.</summary>
    public static bool IsPath(ApiMember member, string name, Type type) =>
        type == typeof(string)
        && (IsPath(member.Method.DeclaringType!, name) || member.Method.DeclaringType!.IsAssignableTo(typeof(IDisk)));

    /// <summary>The same of a property of a type.</summary>
    public static bool IsPath(Type declaring, string name) =>
        declaring.Assembly != typeof(TessraxException).Assembly
        && PathNames.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>A path that might serve: a ledger, a file with something in it, or nothing yet.</summary>
    public string Path(string name)
    {
        bool isFolder = name is "directory" or "ledger" or "folder" or "old";
        return random.Next(isFolder ? 5 : 8) switch
        {
            0 => NewPath(),
            <= 3 => Copy(),
            4 => NewFolder(),
            _ => FileOf(Copy()),
        };
    }

    /// <summary>A path that cannot be meant.</summary>
    public string WildPath() =>
        random.Next(6) switch
        {
            0 => "",
            1 => System.IO.Path.Combine(scratch, "a\0b"),
            2 => System.IO.Path.Combine(FileOf(Copy()), "under-a-file"),
            3 => System.IO.Path.Combine(scratch, new string('n', 300)),
            4 => System.IO.Path.Combine(scratch, "missing", "deep"),
            _ => NewPath(),
        };

    /// <summary>An address where nobody is, or one that is none of HTTP.</summary>
    public static Uri Address(bool isWild) => isWild ? new Uri("ftp://127.0.0.1/") : new Uri("http://127.0.0.1:9/");

    /// <summary>Something newly opened; null for what does not need to be.</summary>
    public object? Fresh(Type type)
    {
        if (!openers.TryGetValue(type, out Func<object>? open))
            return null;
        object made = open();
        opened.Add(made);
        return made;
    }

    /// <summary>Closes what was opened and removes what was copied for a call.</summary>
    public void Release()
    {
        for (int i = opened.Count - 1; i >= 0; i--)
            Close(opened[i]);
        opened.Clear();
        foreach (string one in Directory.GetFileSystemEntries(scratch))
            Remove(one);
    }

    /// <summary>Disposes of what a call gave, or was given.</summary>
    public static void Close(object? one)
    {
        if (one is IAsyncDisposable later)
            later.DisposeAsync().AsTask().GetAwaiter().GetResult();
        else if (one is IDisposable now)
            now.Dispose();
    }

    public void Dispose()
    {
        Release();
        Environment.CurrentDirectory = AppContext.BaseDirectory;
        Directory.Delete(scratch);
        home.Dispose();
    }

    private static Policy Decided() =>
        Policy.Parse(File.ReadAllBytes(System.IO.Path.Combine(Spec.Root, "samples", "policy.json")));

    private static void Remove(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        else
            File.Delete(path);
    }

    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private T Open<T>() => (T)Fresh(typeof(T))!;

    private LedgerWriter Writer() => LedgerWriter.Open(Copy(), TestLedger.Keys(), Surroundings());

    // A user of its own: a copy that went on must not be taken for the original by the next one.
    private NodeEnvironment Surroundings() =>
        home.Environment with
        {
            ConfigDirectory = NewFolder(),
            StateDirectory = NewFolder(),
            CacheDirectory = NewFolder(),
        };

    private string NewPath() => System.IO.Path.Combine(scratch, $"n{count++}");

    private string NewFolder() => Directory.CreateDirectory(NewPath()).FullName;

    private string FileOf(string folder)
    {
        string[] all = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        return all[random.Next(all.Length)];
    }

    private string Copy()
    {
        string to = NewPath();
        foreach (
            string folder in Directory
                .GetDirectories(home.DirectoryPath, "*", SearchOption.AllDirectories)
                .Prepend(home.DirectoryPath)
        )
            Directory.CreateDirectory(System.IO.Path.Join(to, folder[home.DirectoryPath.Length..]));
        foreach (string file in Directory.GetFiles(home.DirectoryPath, "*", SearchOption.AllDirectories))
            File.Copy(file, System.IO.Path.Join(to, file[home.DirectoryPath.Length..]));
        return to;
    }

    // Claims of which some are decided and some wait, evidence, an epoch, a snapshot and a backup.
    private void Fill()
    {
        using LedgerWriter writer = home.Open();
        string[] lines =
        [
            .. File.ReadLines(System.IO.Path.Combine(Spec.Root, "samples", "claims", "cve-cvss3.jsonl")).Take(60),
        ];
        using var input = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        new Ingestor(writer).Ingest([ClaimFile.Read("claims.jsonl", input)]);
        writer.Append([.. Enumerable.Range(0, 4).Select(i => TestLedger.Own($"own {i}"))]);
        writer.OpenEpoch();
        writer.Append([TestLedger.Own("after the epoch")]);
    }
}
