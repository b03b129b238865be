using System.Globalization;
using System.Runtime.CompilerServices;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Files;
using Tessrax.Node.Publishing;
using Tessrax.Node.Reading;
using Tessrax.Node.Search;
using Tessrax.Verification.Search;

namespace Tessrax.Interactive;

/// <summary>A ledger that is looked at. Every entry that comes out was held to the newest checkpoint; whether the entries kept the rules,
/// <see cref="Verify"/> tells.</summary>
/// <remarks>It shows the ledger as it was when it was opened, or at the last <see cref="Refresh"/>. For one thread at a time.</remarks>
public sealed class LedgerHandle : IDisposable
{
    private const int PageLength = 200;
    private const int MostTrustBytes = 2 << 20;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private readonly NodeEnvironment environment;
    private LedgerGlance glance;
    private bool isDisposed;

    internal LedgerHandle(string path, NodeEnvironment environment)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(environment);
        this.environment = environment;
        Path = path;
        glance = LedgerGlance.Open(path, environment);
    }

    /// <summary>Its directory.</summary>
    public string Path { get; }

    /// <summary>How many entries the newest checkpoint covers.</summary>
    public long Size => Glance.Size;

    /// <summary>The root that the checkpoint signs, with the name of its hash function.</summary>
    public string Root => Glance.Hasher.Text(Glance.Tree.Root());

    /// <summary>The ledger's id.</summary>
    public string Id => Glance.Directory.Id.ToString();

    /// <summary>The ledger's name.</summary>
    public string Origin => Glance.Directory.Origin;

    /// <summary>One entry.</summary>
    /// <exception cref="TessraxException">TSX3011: there is none of that index.</exception>
    public LedgerItem this[long index] => new(Glance.Receipt(index));

    /// <summary>Sees what was appended since. Nothing changes if it fails.</summary>
    /// <returns>How many entries are new.</returns>
    /// <exception cref="TessraxException">TSX4005: another ledger lies there now; TSX3004: it has fewer entries than it had; TSX5014: it has as many, and others among them.</exception>
    public long Refresh()
    {
        LedgerGlance older = Glance;
        LedgerGlance newer = LedgerGlance.Open(Path, environment);
        try
        {
            RequireGrown(older, newer);
        }
        catch
        {
            newer.Dispose();
            throw;
        }
        long grown = newer.Size - older.Size;
        older.Dispose();
        glance = newer;
        return grown;
    }

    /// <summary>The newest entries, the oldest of them first.</summary>
    public IReadOnlyList<LedgerItem> Tail(int count = 10) =>
        [.. Glance.Newest(count).Select(receipt => new LedgerItem(receipt)).Reverse()];

    /// <summary>Entries in order, read as they are asked for.</summary>
    public IEnumerable<LedgerItem> From(long index = 0) =>
        WhileOpen(Glance.From(index)).Select(receipt => new LedgerItem(receipt));

    /// <summary>The entries that a query means, page by page as they are asked for.</summary>
    /// <param name="query">As <c>tessraxctl search</c> takes it, for example <c>subject:CVE-2022-3602 after:30d</c>; docs/search.md.</param>
    /// <param name="order">Newest first if left out.</param>
    /// <exception cref="TessraxException">TSX1018: it is no query; TSX1019: it asks for too much; TSX3040: the ledger is large and has no index.</exception>
    public IEnumerable<LedgerItem> Find(string query, SearchOrder order = SearchOrder.Newest)
    {
        ArgumentNullException.ThrowIfNull(query);
        return WhileOpen(Pages(query, order, PageLength))
            .SelectMany(page => page.Hits)
            .Select(hit => new LedgerItem(hit.Entry.Receipt));
    }

    /// <summary>How many entries a query means.</summary>
    /// <exception cref="TessraxException">As <see cref="Find"/>.</exception>
    public long Count(string query)
    {
        ArgumentNullException.ThrowIfNull(query);
        using Searcher searcher = Searcher.Open(Glance, environment);
        return searcher.Search(new SearchRequest(Parse(query)) { Limit = 1, CountsAll = true }).Count;
    }

    /// <summary>Writes a bundle that proves one entry to a stranger, offline.</summary>
    /// <param name="index">The entry.</param>
    /// <param name="file">Where to; nothing may be there yet.</param>
    /// <returns>The bytes written.</returns>
    /// <exception cref="TessraxException">TSX3011: no such entry; TSX3010: the file exists; TSX3005 to TSX3008: it cannot be written.</exception>
    public long Prove(long index, string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        byte[] bundle = BundleMaker.Make(Glance.Whole(), index, environment).ToBytes();
        DurableFile.Write(environment.Disk, file, bundle, DurableFileOptions.New);
        return bundle.Length;
    }

    /// <summary>Writes a proof of everything that a query finds, and that nothing is left out: <c>tessraxctl verify</c> works out the hits from it.</summary>
    /// <param name="query">What to look for; it must name a field that has one value.</param>
    /// <param name="file">Where to; nothing may be there yet.</param>
    /// <returns>The bytes written.</returns>
    /// <exception cref="TessraxException">TSX1021: it cannot be proven for this query; TSX3010: the file exists; TSX3005 to TSX3008: it cannot be written.</exception>
    public long Prove(string query, string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        byte[] proof = new SearchProver(Glance.Whole()).Prove(Parse(query)).ToBytes();
        DurableFile.Write(environment.Disk, file, proof, DurableFileOptions.New);
        return proof.Length;
    }

    /// <summary>Verifies the whole ledger, down to every decision.</summary>
    /// <param name="trust">A trust root file or a vkey; what is pinned on this machine if left out.</param>
    /// <exception cref="TessraxException">TSX2008, TSX2002: that is no trust root; TSX3012: no such file.</exception>
    public LedgerCheckResult Verify(string? trust = null)
    {
        TrustRoot? root = trust is null ? new TrustPins(environment).Find(Glance.Directory.Id) : TrustOf(trust);
        return new LedgerCheckResult(new LedgerCheck(environment, root).Run(Path, withEvidence: false));
    }

    /// <summary>What was decided, and what became of it, the oldest first. Proposals that another one took the place of are left out.</summary>
    public IReadOnlyList<DecisionItem> Decisions()
    {
        using DecisionList list = DecisionList.Open(Glance, environment);
        return
        [
            .. list.Newest(UtcTime.Now(environment.Clock))
                .Select(found => found.Status)
                .Where(status => status is not { State: DecisionState.Superseded, WasRecorded: false })
                .Select(status => new DecisionItem(status))
                .Reverse(),
        ];
    }

    /// <summary>Entries as they are appended, from now on or from an index on, until it is cancelled.</summary>
    public async IAsyncEnumerable<LedgerItem> Follow(
        long? from = null,
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        long next = from ?? Size;
        using var timer = new PeriodicTimer(LookEvery, environment.Clock);
        while (!cancellation.IsCancellationRequested)
        {
            foreach (LedgerItem item in From(next))
            {
                yield return item;
                next = item.Index + 1;
            }
            if (!await Waited(timer, cancellation).ConfigureAwait(false))
                yield break;
            Refresh();
        }
    }

    public void Dispose()
    {
        isDisposed = true;
        glance.Dispose();
    }

    /// <summary>The ledger in a line.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Origin}, {Size:N0} entries, root {Root}");

    // What is read as it is asked for is not read any more after that.
    private IEnumerable<T> WhileOpen<T>(IEnumerable<T> items)
    {
        foreach (T item in items)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            yield return item;
        }
    }

    private LedgerGlance Glance
    {
        get
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            return glance;
        }
    }

    // Whoever looks at a ledger for days is told of a history that was exchanged meanwhile.
    private static void RequireGrown(LedgerGlance older, LedgerGlance newer)
    {
        if (newer.Directory.Id != older.Directory.Id)
            throw ErrorCodes.WrongLedger.Because(
                $"{newer.Directory.Path} is the ledger {newer.Directory.Id} now, and was {older.Directory.Id}"
            );
        if (newer.Size < older.Size)
            throw ErrorCodes.Behind.Because($"the ledger has {newer.Size} entries now, and had {older.Size}");
        if (newer.Tree.RootAt(older.Size) != older.Tree.Root())
            throw ErrorCodes.Inconsistent.Because(
                $"the first {older.Size} entries of the ledger are not those that were there before"
            );
    }

    private TrustRoot TrustOf(string named) =>
        VerifierKey.TryParse(named, out VerifierKey? log) && !environment.Disk.Exists(named)
            ? TrustRoot.FromVerifierKey(log)
            : TrustRoot.OfFile(DurableFile.Read(environment.Disk, named, MostTrustBytes));

    private static async ValueTask<bool> Waited(PeriodicTimer timer, CancellationToken cancellation)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private IEnumerable<SearchAnswer> Pages(string query, SearchOrder order, int length)
    {
        using Searcher searcher = Searcher.Open(Glance, environment);
        var request = new SearchRequest(Parse(query)) { Limit = length, Order = order };
        while (true)
        {
            SearchAnswer page = searcher.Search(request);
            yield return page;
            if (page.Next is null)
                yield break;
            request = request with { Cursor = page.Next };
        }
    }

    private Query Parse(string query) =>
        Query.Parse(query, UtcTime.Now(environment.Clock), name => Glance.Whole().Fold.State.KeysNamed(name));
}
