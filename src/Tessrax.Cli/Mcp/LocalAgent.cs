using System.Text;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Node.Search;
using Tessrax.Node.Segments;
using Tessrax.Node.Serving;
using Tessrax.Verification.Search;

namespace Tessrax.Cli.Mcp;

/// <summary>A ledger on this machine: read all the time, and opened for writing only while something is recorded, so that people may approve meanwhile.</summary>
/// <param name="context">Clock, randomness and the user's directories.</param>
/// <param name="served">The ledger, open to be read.</param>
/// <param name="source">Whose claims the agent's are.</param>
/// <param name="passphrase">Of the ledger's keys; null if the agent may only read.</param>
internal sealed class LocalAgent(CliContext context, ServedLedger served, string source, byte[]? passphrase)
    : AgentLedger(context, served.Directory.Path, source),
        IDisposable
{
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan SearchPatience = TimeSpan.FromSeconds(15);

    private readonly NodeEnvironment environment = LedgerSession.Environment(context);

    // Those of one agent wait for each other here, not for the lock.
    private readonly SemaphoreSlim writing = new(1, 1);

    public override string Origin => served.Directory.Origin;

    public override bool MayWrite => passphrase is not null;

    public override JsonValue Record(ClaimFile claims, CancellationToken cancel)
    {
        (IngestResult result, GroupKey[] keys, long size) = Write(
            writer =>
            {
                IngestResult done = new Ingestor(writer).Ingest([claims]);
                return (
                    done,
                    claims.Lines.Select(line => writer.Fold.Claims.KeyOf(line.Claim)).Distinct().Order().ToArray(),
                    writer.Fold.Size
                );
            },
            cancel
        );
        return IngestText.ToJson(result).With("size", size).With("standing", JsonValue.Of(Standing(keys, size)));
    }

    public override SubjectStanding Standing(string subject, string? metric) =>
        served.Told((view, told) => SubjectStanding.Of(view, subject, metric, told, Now));

    public override JsonValue Decisions(DecisionWish wish)
    {
        using Lease<LedgerMoment> now = served.Moment();
        using DecisionList list = DecisionList.Open(now.Value.Glance, environment);
        return served.Fold(
            view =>
            {
                int limit = (int)(wish.Limit ?? int.MaxValue - 1);
                FoundDecision[] found = [.. list.Wanted(wish with { Limit = null }, Now, view).Take(limit + 1)];
                return JsonValue.Object(
                    (
                        "decisions",
                        JsonValue.Of(found.Take(limit).Select(one => DecisionJson.Of(view, one.Receipt, one.Status)))
                    ),
                    ("more", found.Length > limit)
                );
            },
            now.Value.Size
        );
    }

    public override JsonValue Decision(long index)
    {
        using Lease<LedgerMoment> now = served.Moment(index + 1);
        now.Value.Glance.Require(index);
        using DecisionList list = DecisionList.Open(now.Value.Glance, environment);
        return served.Fold(view => DecisionJson.Of(view, ToldDecision.Of(view, list, index, Now)), now.Value.Size);
    }

    public override JsonValue Pending() =>
        served.Fold(view =>
            JsonValue.Object(
                (
                    "proposals",
                    JsonValue.Of(
                        Lanes
                            .Sort(view.Fold)
                            .Select(one =>
                                ProposalJson
                                    .Of(one, view.Fold, Now)
                                    .With("approve_with", GroupStanding.Approving(Place, one.Index))
                            )
                    )
                ),
                ("size", view.Size)
            )
        );

    public override JsonValue Search(AgentSearch search, CancellationToken cancel)
    {
        Query query = Query.Parse(search.Said, Now, name => served.Fold(view => view.Fold.State.KeysNamed(name)));
        using Lease<LedgerMoment> now = served.Moment();
        using Searcher searcher = Searcher.Open(now.Value.Glance, environment);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        late.CancelAfter(SearchPatience);
        try
        {
            SearchAnswer answer = searcher.Search(
                new SearchRequest(query)
                {
                    Limit = search.Limit,
                    Order = SearchOrders.Read(search.Order),
                    Cursor = search.Cursor,
                    Stop = late.Token,
                }
            );
            return SearchJson.Of(answer, now.Value.Hasher, withHits: true);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw ErrorCodes.SearchTooLong.Because(
                $"the search was given up after {SearchPatience.TotalSeconds} s",
                "ask for something narrower"
            );
        }
    }

    public override JsonValue Entry(long index)
    {
        using Lease<LedgerMoment> now = served.Moment(index + 1);
        return ReceiptText.ToJson(now.Value.Glance.Receipt(index), now.Value.Hasher);
    }

    public override (byte[] Bytes, long Size) Bundle(long index)
    {
        // What is not there is told without reading all that is.
        using (Lease<LedgerMoment> now = served.Moment(index + 1))
            now.Value.Glance.Require(index);
        // A view of its own, so that nobody who asks the served one waits meanwhile.
        using LedgerView view = LedgerView.Open(Place, environment.Disk);
        return (BundleMaker.Make(view, index, environment).ToBytes(), view.Size);
    }

    public override JsonValue Policy() => served.Fold(view => view.Fold.Rules.Document);

    public override JsonValue Policies() =>
        served.Fold(view => JsonValue.Object(("policies", JsonValue.Of(GovernanceJson.Policies(view)))));

    public override JsonValue Policy(Digest digest) =>
        served.Fold(view =>
        {
            PolicyInForce policy =
                view.Fold.State.AllPolicies.FirstOrDefault(one => one.Pin.Digest == digest)
                ?? throw ErrorCodes.NoSuchEntry.Because($"no policy {digest} was in force in this ledger");
            return PolicyInForce.BroughtBy(view.Receipt(policy.At).Entry.Body).Document;
        });

    public override string Checkpoint()
    {
        using Lease<LedgerMoment> now = served.Moment();
        return now.Value.Note;
    }

    public override string Checkpoint(long size)
    {
        using Lease<LedgerMoment> now = served.Moment();
        SignedNote signed =
            now.Value.Glance.SignedAt(size)
            ?? throw ErrorCodes.NoSuchEntry.Because(
                $"no checkpoint was signed at size {size}",
                "checkpoints are signed where a batch of entries ends: tessrax://checkpoint is the newest"
            );
        return Encoding.UTF8.GetString(signed.ToBytes());
    }

    public void Dispose() => writing.Dispose();

    private JsonValue[] Standing(GroupKey[] keys, long covering) =>
        served.Told(
            (view, told) => keys.Select(key => SubjectStanding.Of(view, key, told(key), Now).ToJson(Place)).ToArray(),
            covering
        );

    // Works with the writer, once nobody else does.
    private T Write<T>(Func<LedgerWriter, T> work, CancellationToken cancel)
    {
        writing.Wait(cancel);
        try
        {
            using LedgerWriter writer = OpenWriter(cancel);
            T done = work(writer);
            LedgerSession.Finish(Context, writer);
            return done;
        }
        finally
        {
            writing.Release();
        }
    }

    private LedgerWriter OpenWriter(CancellationToken cancel)
    {
        long began = Context.Time.GetTimestamp();
        while (true)
        {
            try
            {
                // First, as unlocking the keys is slow on purpose.
                WriterLock.Acquire(Place).Dispose();
                return LedgerSession.OpenWriter(Context, Place, passphrase!);
            }
            catch (TessraxException e)
                when (e.Code == ErrorCodes.Locked && Context.Time.GetElapsedTime(began) < LockPatience)
            {
                cancel.WaitHandle.WaitOne(LockPause);
                cancel.ThrowIfCancellationRequested();
            }
        }
    }
}
