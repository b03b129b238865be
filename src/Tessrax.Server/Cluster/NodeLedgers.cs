using System.Collections.Concurrent;
using System.Data.Common;
using System.Net.Sockets;
using Tessrax.Hashing;
using Tessrax.Node;
using Tessrax.Node.Stores;
using Tessrax.Server.Telemetry;

namespace Tessrax.Server.Cluster;

/// <summary>The ledgers of a node: which there are, and those that were asked for here.</summary>
/// <param name="options">What the node was told.</param>
/// <param name="environment">Clock, randomness, disk and log.</param>
/// <param name="source">Connections to the database.</param>
/// <param name="meters">Where it is told what is measured.</param>
internal sealed class NodeLedgers(NodeOptions options, NodeEnvironment environment, DbDataSource source, Meters meters)
    : IAsyncDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    // Whoever does not hear from the database for so long lets another node write.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    // How long an answer of the next writer may be on its way.
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(2);

    // And whoever does not for so long gives up what it writes itself: what it has begun would hang for minutes where packets vanish.
    private static readonly TimeSpan LongSilence = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Digest, Lazy<Task<NodeLedger>>> opened = new();
    private readonly SemaphoreSlim looking = new(1);
    private LedgerNames? names;
    private long lookedAt;
    private IGrainFactory? grains;
    private NodeRoster? roster;
    private volatile bool isDraining;
    private volatile bool isCutOff;
    private long cutOffAt;

    public NodeEnvironment Environment => environment;

    /// <summary>Whether the database did not answer this node when it was asked last, a second or two ago.</summary>
    public bool IsCutOff => isCutOff;

    /// <summary>Where clients reach this node; known once it listens.</summary>
    public Uri? Url { get; set; }

    /// <summary>Says by whom writers are found. Nothing is asked for before.</summary>
    public void Join(IGrainFactory found, NodeRoster known) => (grains, roster) = (found, known);

    /// <summary>The ledgers that the database has, as of a second ago at most; those that are known, where it does not answer.</summary>
    /// <exception cref="TessraxException">TSX3049 to TSX3051, where they were never listed before.</exception>
    public async Task<LedgerNames> NamesAsync()
    {
        if (names is not { } known)
            return await ListAsync();
        if (isCutOff || environment.Clock.GetElapsedTime(Volatile.Read(ref lookedAt)) < Fresh)
            return known;
        Task<LedgerNames> newer = ListAsync();
        await Task.WhenAny(newer, Task.Delay(Silence, environment.Clock));
        return newer.IsCompletedSuccessfully ? await newer : known;
    }

    /// <summary>The ledger of a name, with a working copy here.</summary>
    /// <returns>Null if there is none.</returns>
    /// <exception cref="TessraxException">The copy cannot be made or read.</exception>
    public async Task<NodeLedger?> FindAsync(string name) =>
        (await NamesAsync()).Find(name) is { } found ? await OpenAsync(found, name) : null;

    /// <summary>Opens a ledger here to be written.</summary>
    /// <exception cref="TessraxException">As <see cref="NodeLedger.OpenWriterAsync"/>.</exception>
    public async Task<OpenedWriter> OpenWriterAsync(Digest id)
    {
        // Before the database is looked at: what a node has was there by then.
        long known = roster is { } others ? await others.LargestAsync(id) : 0;
        if (isDraining)
            throw ErrorCodes.NoOwner.Because("this node is about to leave", "another one takes over: ask again");
        (string name, StoredLedger ledger) =
            (await NamesAsync()).Find(id)
            ?? throw ErrorCodes.NotALedger.Because($"the database does not have the ledger {id}");
        return await (await OpenAsync(ledger, name)).OpenWriterAsync(known);
    }

    /// <summary>How many entries the copy of a ledger has here; 0 where there is none, or it cannot be read; -1 where that cannot be told now.</summary>
    public async Task<long> SizeAsync(Digest id)
    {
        try
        {
            // What lies here is told also while the database does not answer.
            return (names ?? await NamesAsync()).Find(id) is var (name, ledger) && HasCopy(name)
                ? (await OpenAsync(ledger, name)).Size
                : 0;
        }
        catch (TessraxException e)
        {
            return e.Code == ErrorCodes.StoreAway ? -1 : 0;
        }
    }

    /// <summary>What other nodes are told of this one.</summary>
    public NodeReport Report() =>
        new()
        {
            Url = Url?.ToString() ?? "",
            IsDraining = isDraining,
            IsCutOff = isCutOff,
            Copies = [.. (names?.All ?? []).Select(one => Report(one.Name, one.Ledger.Id)).OfType<CopyReport>()],
        };

    /// <summary>Looks whether the node reaches the database; others are told.</summary>
    public async Task LookAtDatabaseAsync()
    {
        using var late = new CancellationTokenSource(Silence, environment.Clock);
        try
        {
            await using DbCommand command = source.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(late.Token).WaitAsync(late.Token);
            isCutOff = false;
        }
        catch (Exception e) when (e is DbException or OperationCanceledException or TimeoutException or SocketException)
        {
            if (!isCutOff)
                cutOffAt = environment.Clock.GetTimestamp();
            isCutOff = true;
            return;
        }
        await LookForNewAsync();
    }

    // A ledger that was made since is told of by its keys, before anybody asks for it here. A long list takes its time, which is no silence of the database.
    private async Task LookForNewAsync()
    {
        using var late = new CancellationTokenSource(Silence, environment.Clock);
        try
        {
            await NamesAsync().WaitAsync(late.Token);
        }
        catch (Exception e) when (e is TessraxException or OperationCanceledException)
        {
            // The list is not to be had; what is known stays.
        }
    }

    /// <summary>Gives up the ledgers that are written here, once the database was not reached for some seconds, where another node could write them.</summary>
    /// <param name="hasHolder">Whether there is one.</param>
    public void GiveUpWhatOthersCanWrite(Func<Digest, bool> hasHolder)
    {
        if (!isCutOff || environment.Clock.GetElapsedTime(cutOffAt) < LongSilence)
            return;
        foreach ((Digest id, Lazy<Task<NodeLedger>> one) in opened)
        {
            if (IsOpen(one) && hasHolder(id))
                one.Value.Result.GiveUp();
        }
    }

    /// <summary>From now on this node takes no ledger over, and says so.</summary>
    public void Announce()
    {
        isDraining = true;
        foreach (Lazy<Task<NodeLedger>> one in opened.Values.Where(IsOpen))
            one.Value.Result.Announce();
    }

    /// <summary>Whether this node is about to leave.</summary>
    public bool IsDraining => isDraining;

    /// <summary>Gives back the ledgers that this node writes, while it can still answer what is under way there; others take them over.</summary>
    /// <param name="patience">How long that may take.</param>
    public async Task HandOverAsync(TimeSpan patience)
    {
        Digest[] written = Written();
        if (written.Length == 0)
            return;
        using var late = new CancellationTokenSource(patience, environment.Clock);
        bool[] isTaken = await Task.WhenAll(written.Select(id => HandOver(id, late.Token)));
        // What was sent here meanwhile was handed on, and whoever sent it takes it for lost if this node is gone before the answer.
        if (isTaken.Contains(true))
            await Task.Delay(LastAnswers, environment.Clock);
    }

    // Whether another node has it now.
    private async Task<bool> HandOver(Digest id, CancellationToken late)
    {
        try
        {
            ILedgerGrain grain = grains!.GetGrain<ILedgerGrain>(id.ToHex());
            await grain.Leave().WaitAsync(late);
            while (Written().Contains(id))
                await Task.Delay(TimeSpan.FromMilliseconds(20), environment.Clock, late);
            // Answered once another node has opened it.
            if (!roster!.HasHolder(id))
                return false;
            await grain.Cosigned().WaitAsync(late);
            return true;
        }
        catch (Exception e) when (Lost.IsOne(e))
        {
            // Then it is closed as the node leaves, and opened when somebody asks for it.
            return false;
        }
    }

    /// <summary>Ends what goes on for long.</summary>
    public void EndStreams()
    {
        foreach (Lazy<Task<NodeLedger>> one in opened.Values.Where(IsOpen))
            one.Value.Result.EndStreams();
    }

    public async ValueTask DisposeAsync()
    {
        isDraining = true;
        foreach (Lazy<Task<NodeLedger>> one in opened.Values.Where(IsOpen))
            await (await one.Value).DisposeAsync();
        looking.Dispose();
    }

    private Digest[] Written() =>
        [.. opened.Where(one => IsOpen(one.Value) && one.Value.Value.Result.IsOwner).Select(one => one.Key)];

    private async Task<LedgerNames> ListAsync()
    {
        await looking.WaitAsync();
        try
        {
            if (names is { } there && environment.Clock.GetElapsedTime(lookedAt) < Fresh)
                return there;
            try
            {
                names = new LedgerNames(await Task.Run(() => LedgerStores.List(options.Database, environment)));
            }
            catch (TessraxException) when (names is not null)
            {
                // Those that are known are read without the database.
            }
            Volatile.Write(ref lookedAt, environment.Clock.GetTimestamp());
            return names;
        }
        finally
        {
            looking.Release();
        }
    }

    private static bool IsOpen(Lazy<Task<NodeLedger>> one) =>
        one is { IsValueCreated: true, Value.IsCompletedSuccessfully: true };

    // Null where there is neither a copy nor the keys for one, which is made when the ledger is asked for.
    private CopyReport? Report(string name, Digest id)
    {
        if (opened.TryGetValue(id, out Lazy<Task<NodeLedger>>? there) && IsOpen(there))
        {
            NodeLedger ledger = there.Value.Result;
            return new CopyReport
            {
                Id = id.ToHex(),
                Size = ledger.Size,
                HasKeys = ledger.HasKeys,
                IsOwner = ledger.IsOwner,
                Problem = ledger.Problem?.Code.ToString(),
            };
        }
        bool hasKeys = options.HasKeys(name);
        return hasKeys || HasCopy(name)
            ? new CopyReport
            {
                Id = id.ToHex(),
                Size = -1,
                HasKeys = hasKeys,
                IsOwner = false,
            }
            : null;
    }

    private bool HasCopy(string name) => File.Exists(Path.Combine(options.PathOf(name), LedgerDirectory.FactsFile));

    private async Task<NodeLedger> OpenAsync(StoredLedger ledger, string name)
    {
        Lazy<Task<NodeLedger>> one = opened.GetOrAdd(
            ledger.Id,
            _ => new Lazy<Task<NodeLedger>>(() => Task.Run(() => Open(ledger, name)))
        );
        try
        {
            return await one.Value;
        }
        catch
        {
            // What failed may go well the next time.
            opened.TryRemove(KeyValuePair.Create(ledger.Id, one));
            throw;
        }
    }

    private async Task<NodeLedger> Open(StoredLedger ledger, string name)
    {
        if (grains is not { } found || roster is not { } known)
            throw new InvalidOperationException("the node has not joined the cluster");
        // Of two ledgers of one origin each goes by its id.
        LedgerMeters measured = meters.Of(name == ledger.Id.ToHex() ? name : ledger.Origin);
        NodeLedger opening = await NodeLedger.OpenAsync(
            ledger,
            name,
            options,
            environment,
            measured,
            reach => new OwnerLink(found, ledger.Id, options, known, reach),
            new CosignedRelay(found, ledger.Id, environment.Clock).NewestAsync
        );
        meters.Watch(new CopyGauges(opening, () => names?.Find(ledger.Id)?.Ledger.Size), measured.Ledger);
        return opening;
    }
}
