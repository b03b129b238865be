using Microsoft.AspNetCore.Http.Features;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Keys;
using Tessrax.Node.Logging;
using Tessrax.Node.Postgres;
using Tessrax.Node.Serving;
using Tessrax.Node.Stores;
using Tessrax.Node.Witnessing;
using Tessrax.Server.Api;
using Tessrax.Server.Host;
using Tessrax.Server.Telemetry;

namespace Tessrax.Server.Cluster;

/// <summary>One ledger on this node: a working copy that is read here, follows the database while it is asked for, and can become the one that is written.</summary>
/// <remarks>Whoever writes has the copy to itself: it is not followed meanwhile, and readers see what the writer makes durable.</remarks>
internal sealed class NodeLedger : IAsyncDisposable
{
    // A copy that was not followed for so long is brought up to date before it is read.
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(1);

    private readonly string path;
    private readonly NodeEnvironment environment;
    private readonly NodeOptions node;
    private readonly LedgerMeters meters;
    private readonly ServerOptions serving;
    private readonly CopyFeed feed;
    private readonly SemaphoreSlim changing = new(1);
    private readonly ITimer timer;
    private InnerApp reader = null!;
    private volatile OpenedWriter? writer;
    private long askedAt;

    private NodeLedger(string path, string name, NodeOptions node, NodeEnvironment environment, LedgerMeters meters)
    {
        (this.path, this.node, this.environment, this.meters) = (path, node, environment, meters);
        Name = name;
        serving = node.Serving with
        {
            Ledger = path,
            PathBase = $"{node.Serving.PathBase}{ClusterFront.Ledgers}/{name}",
        };
        feed = new CopyFeed(path, environment);
        timer = environment.Clock.CreateTimer(_ => Follow(), null, node.Follow, node.Follow);
    }

    public string Name { get; }

    /// <summary>What it is called where it is told what is measured.</summary>
    public string Measured => meters.Ledger;

    /// <summary>Whether the node has the keys that sign for it.</summary>
    public bool HasKeys => node.HasKeys(Name);

    /// <summary>Whether this node writes it.</summary>
    public bool IsOwner => writer is { HasEnded: false };

    /// <summary>How many entries the copy has.</summary>
    public long Size
    {
        get
        {
            using Lease<LedgerMoment> now = reader.Ledger.Moment();
            return now.Value.Size;
        }
    }

    /// <summary>How long ago the copy was last seen to have all that the database has. Whoever writes it is never behind.</summary>
    public TimeSpan CopyAge => IsOwner ? TimeSpan.Zero : feed.CaughtUp;

    /// <summary>Why the copy is not followed any more, if so; what was read before is served still.</summary>
    public TessraxException? Problem => feed.Problem ?? reader.Ledger.Failure;

    private string WitnessFile => Path.Combine(path, NodeOptions.WitnessFile);

    /// <summary>Opens a copy, and makes it first where there is none.</summary>
    /// <param name="stored">The ledger, as the database has it.</param>
    /// <param name="name">Its name here.</param>
    /// <param name="node">What the node was told.</param>
    /// <param name="environment">Clock, randomness, disk and log.</param>
    /// <param name="meters">Where it is told what is measured.</param>
    /// <param name="owner">Makes what asks the writer, given what brings its entries here.</param>
    /// <param name="cosigned">Tells what witnesses cosigned.</param>
    /// <exception cref="TessraxException">The copy cannot be made or read.</exception>
    public static async Task<NodeLedger> OpenAsync(
        StoredLedger stored,
        string name,
        NodeOptions node,
        NodeEnvironment environment,
        LedgerMeters meters,
        Func<Action<long>, OwnerLink> owner,
        Func<ValueTask<(SignedNote? Note, long Size)>> cosigned
    )
    {
        string path = node.PathOf(name);
        if (!File.Exists(Path.Combine(path, LedgerDirectory.FactsFile)))
            Make(stored, path, node, environment);
        RequireCopyOf(stored, path, node, environment);
        var ledger = new NodeLedger(path, name, node, environment, meters);
        try
        {
            // Whoever feeds it also says when.
            var options = ServingOptions.Default with
            {
                Feed = ledger.feed,
                PullEvery = TimeSpan.Zero,
            };
            ServedLedger served = await ServedLedger.OpenAsync(path, null, environment, options);
            ledger.reader = await InnerApp.StartAsync(
                ledger.serving,
                served,
                environment,
                meters,
                owner(ledger.feed.Reach),
                new CosignedNotes(() => File.Exists(ledger.WitnessFile), cosigned)
            );
            return ledger;
        }
        catch
        {
            await ledger.timer.DisposeAsync();
            ledger.changing.Dispose();
            throw;
        }
    }

    /// <summary>Answers a request.</summary>
    /// <returns>False if the node is about to leave.</returns>
    public Task<bool> TryHandle(IFeatureCollection request)
    {
        Volatile.Write(ref askedAt, environment.Clock.GetTimestamp());
        if (feed.Age > Stale)
            feed.Reach(long.MaxValue);
        return reader.TryHandle(request);
    }

    /// <summary>Opens the copy to be written. The writer before is refused by the database from then on, wherever it is.</summary>
    /// <param name="known">How many entries another node has: with fewer in the database, it was set back, whatever the copy here knows.</param>
    /// <exception cref="TessraxException">TSX6050: the keys are not here; TSX3004: the database was set back; and as <see cref="LedgerWriter.Open(string, LedgerKeys, NodeEnvironment)"/>.</exception>
    public async Task<OpenedWriter> OpenWriterAsync(long known)
    {
        await changing.WaitAsync();
        try
        {
            if (writer is not null)
                throw ErrorCodes.Locked.Because($"this node has {Name} open already");
            if (!HasKeys)
                throw ErrorCodes.NoOwner.Because(
                    $"no node that is up has the keys of {Name}",
                    $"put them into the keys directory of its working copy on one node at least, and give that one the passphrase"
                );
            feed.Look();
            // What does not follow the database is not written either: it may be another history.
            if (feed.Problem is { } wrong)
                throw new TessraxException(wrong.Code, wrong.Message, wrong.Hint, wrong);
            if (feed.Size < known)
                throw ErrorCodes.Behind.Because(
                    $"{Name} has {feed.Size} entries in the database, and {known} on another node",
                    "the database was set back to an older state: find the newer one, or let that node's working copy give back what is missing; a log must not sign a second history"
                );
            // Read each time, so that a policy changes with the next writer.
            TlogPolicy? policy = File.Exists(WitnessFile) ? ServerArguments.PolicyOf(WitnessFile) : null;
            if (policy is not null)
                await RequireConsent(policy);
            feed.LetGo();
            OpenedWriter open = await Open(policy);
            feed.Follow(open);
            writer = open;
            environment.Logger.OwnerOpened(path);
            return open;
        }
        catch
        {
            if (writer is null)
                feed.TakeBack();
            throw;
        }
        finally
        {
            changing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync();
        if (writer is { } open)
            await open.DisposeAsync();
        await reader.DisposeAsync();
        feed.Dispose();
        changing.Dispose();
    }

    /// <summary>Lets another node write the ledger, if this one does.</summary>
    public void GiveUp()
    {
        if (writer is not { HasEnded: false } open)
            return;
        open.GiveUp();
        environment.Logger.OwnerGivesUp(path);
    }

    /// <summary>From now on the copy says that it is not ready.</summary>
    public void Announce() => reader.Announce();

    /// <summary>Ends what goes on for long.</summary>
    public void EndStreams() => reader.EndStreams();

    private async Task<OpenedWriter> Open(TlogPolicy? policy)
    {
        LedgerKeys keys = OwnKeys.Find(path, environment).Unlock(node.Passphrase!);
        ServedLedger served;
        try
        {
            served = await ServedLedger.OpenAsync(path, keys, environment);
        }
        catch
        {
            keys.Dispose();
            throw;
        }
        ServerOptions writing = serving with { Witnesses = policy };
        return new OpenedWriter(await InnerApp.StartAsync(writing, served, environment, meters, null, null), Closed);
    }

    private static void Make(StoredLedger stored, string path, NodeOptions node, NodeEnvironment environment)
    {
        LedgerAttached made = new WorkingCopy(environment).Attach(node.Database, stored.Id.ToString(), path);
        if (!made.IsMade)
            throw ErrorCodes.Damaged.Because(
                $"what the database has of {stored.Origin} does not verify: {made.Verdict.ToJson()}",
                ShellText.Of($"tessraxctl store attach {made.Address} DIR --ledger {stored.Id.ToString()} tells more")
            );
    }

    // A ledger in its own files, or the copy of another database, must not be written to under this one's name.
    private static void RequireCopyOf(StoredLedger stored, string path, NodeOptions node, NodeEnvironment environment)
    {
        Digest id = LedgerDirectory.Open(path, environment.Disk).Id;
        if (id != stored.Id)
            throw ErrorCodes.StoreMismatch.Because(
                $"{path} is the ledger {id}, and not {stored.Id} as {stored.Origin} in the database",
                "move it away: the right one is made when it is asked for"
            );
        using var copy = new CopyPuller(path, environment);
        string database = PostgresStores.Spelled(node.Database);
        if (copy.Address != database)
            throw ErrorCodes.StoreMismatch.Because(
                $"{path} is the working copy of {copy.Address}, and not of {database}",
                "start the node with that address, or move the copy away: another one is made when it is asked for"
            );
    }

    // As a server of one machine asks before it signs anything; but a copy that lags is no older history, so that it is looked at again.
    private async Task RequireConsent(TlogPolicy policy)
    {
        for (int attempt = 1; ; attempt++)
        {
            TessraxException? alarm = await WitnessDesk.AskFirstAsync(path, policy, environment, serving.Witnessing);
            if (alarm is null)
                return;
            if (attempt == 3)
                throw alarm;
            feed.Look();
        }
    }

    private Task Closed()
    {
        feed.TakeBack();
        writer = null;
        environment.Logger.OwnerClosed(path);
        return Task.CompletedTask;
    }

    private void Follow()
    {
        if (environment.Clock.GetElapsedTime(Volatile.Read(ref askedAt)) < node.FollowFor)
            feed.LookOnTime();
    }
}
