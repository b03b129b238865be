using Tessrax.Canonical;
using Tessrax.Cli.Commands;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Keys;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Shards;

namespace Tessrax.Cli.Sets;

/// <summary>Founds the set that a ledger was closed in favour of, and hands on to it what is to go on: its claims, and its holds that have no end. Each step finds what an earlier run left.</summary>
/// <param name="context">Where to.</param>
/// <param name="closed">The ledger.</param>
/// <param name="directory">The set's.</param>
internal sealed class SetSplit(CliContext context, ClosedLedger closed, string directory)
{
    private readonly NodeEnvironment environment = LedgerSession.Environment(context);
    private readonly List<LedgerWriter> shards = [];

    private Successor Named => closed.Rollover.Closed!;

    /// <summary>Does it, and tells.</summary>
    /// <exception cref="TessraxException">TSX4015: something else is where the set should be; TSX3005 to TSX3009: cannot write. The same command goes on.</exception>
    public void Run()
    {
        // A set whose list is there is whole: what was erased in it since is not handed on again.
        bool isWhole = ShardSet.IsIn(directory);
        try
        {
            for (int i = 0; i < Named.Shards; i++)
                shards.Add(closed.Rollover.FoundShard(KeysOf(i), i));
            IngestResult handed = isWhole ? ShardIngests.Sum([]) : HandOn();
            var holds = shards.Select(shard => closed.Rollover.CarryHolds(shard)).ToArray();
            FoundedLedger[] founded = [.. shards.Select(Pin)];
            foreach (LedgerWriter shard in shards)
                LedgerSession.Finish(context, shard);
            if (!isWhole)
                ShardSet.Of(Named.Origin, founded.Select(one => one.Id)).Write(directory, environment.Disk);
            Report(founded, handed, holds);
        }
        finally
        {
            shards.ForEach(shard => shard.Dispose());
        }
    }

    // The writer of each shard takes its own.
    private LedgerKeys KeysOf(int index)
    {
        string place = ShardSet.DirectoryOf(directory, index);
        string first = ShardSet.DirectoryOf(directory, 0);
        string folder = LedgerDirectory.KeysOf(place);
        if (!Directory.Exists(folder))
            DiskErrors.Writing(folder, () => LedgerFounder.CreatePrivate(folder));
        if (index > 0)
            LedgerFounder.CopyKeys(first, place);
        return new OwnKeys(
            KeyStore.Read(OwnKeys.FirstLogFile(place)),
            KeyStore.Read(OwnKeys.FirstAuthorFile(place)),
            null,
            []
        ).Unlock(closed.Passphrase);
    }

    private IngestResult HandOn()
    {
        IReadOnlyList<ClaimFile>[] parts =
        [
            .. shards.Select(shard =>
                (IReadOnlyList<ClaimFile>)[ShardClaims.HandedOn(closed.Old.Fold, shard.Fold.Genesis!.Shard!)]
            ),
        ];
        ShardIngests.Require(shards, parts);
        ShardIngest[] done;
        using (ProgressBar bar = context.Progress("handing claims on", parts.Sum(part => (long)part[0].Lines.Count)))
            done = ShardIngests.Run(shards, parts, seals: false, bar);
        if (done.FirstOrDefault(one => one.Failure is not null) is { Failure: { } failure })
            throw CliApp.AsOurs(failure);
        return ShardIngests.Sum(done);
    }

    private FoundedLedger Pin(LedgerWriter shard, int index)
    {
        string origin = shard.Directory.Origin;
        VerifierKey log = VerifierKey.Create(origin, Named.LogKey.Key);
        var trust = new TrustRoot(shard.Directory.Id, TlogPolicy.LogAlone(log));
        return new FoundedLedger(
            ShardSet.DirectoryOf(directory, index),
            shard.Directory.Id,
            log,
            shard.Fold.Rules.Pin,
            LedgerFounder.Pin(context, environment, trust),
            trust,
            shard.Fold.State.Recovery
        );
    }

    private void Report(
        FoundedLedger[] founded,
        IngestResult handed,
        IReadOnlyDictionary<string, PayloadOutcome?>[] holds
    )
    {
        Predecessor before = shards[0].Fold.Genesis!.Predecessor!;
        context.WriteJson(() =>
            JsonValue.Object(
                ("status", "done"),
                ("set", Named.Origin),
                ("of", founded.Length),
                ("hash", Named.Hash),
                ("predecessor", shards[0].Fold.Genesis!.ToControl()["predecessor"]),
                ("handed_on", IngestText.ToJson(handed)),
                ("dropped", JsonValue.Of(closed.Ending.Proposals.Select(JsonValue.Number))),
                ("dropped_receipts", closed.Ending.TokensToJson()),
                ("shards", JsonValue.Of(founded.Select((one, i) => ToJson(one, holds[i], shards[i]))))
            )
        );
        context.Line(
            Tone.Good,
            $"{before.Origin} is closed with {Counted.Of(before.Root.Size, "entry")}; it goes on in {directory}, as {Named.Origin}, {founded.Length} shards"
        );
        context.Line($"  before  {before.Ledger}, {shards[0].Hasher.Text(before.Root.Root)} over its entries");
        SetOptions.Tell(context, founded);
        closed.Ending.Tell(context, "ended");
        if (handed.Claims > 0)
            context.Line(
                $"{Counted.Of(handed.Claims, "claim")} handed on; {handed.Decisions} decided by the policy again, {handed.Pending} {(handed.Pending == 1 ? "waits" : "wait")}"
            );
        foreach ((int i, IReadOnlyDictionary<string, PayloadOutcome?> carried) in holds.Index())
        {
            foreach ((string hold, PayloadOutcome? outcome) in carried)
                context.Line(
                    outcome is { IsRecorded: true } ? Tone.Good : Tone.Warn,
                    RolloverVerb.Carried(hold, outcome, founded[i].Directory)
                );
        }
        context.Line(Tone.Dim, ShellText.Of($"next: tessraxctl shards verify {directory}"));
    }

    private static JsonValue ToJson(
        FoundedLedger one,
        IReadOnlyDictionary<string, PayloadOutcome?> carried,
        LedgerWriter shard
    ) =>
        SetOptions
            .ToJson(one)
            .With("size", shard.Fold.Size)
            .With(
                "holds",
                JsonValue.Object([
                    .. carried.Select(hold =>
                        (hold.Key, (JsonValue?)JsonValue.String(RolloverVerb.StatusOf(hold.Value)))
                    ),
                ])
            );
}
