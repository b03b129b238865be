using Tessrax.Canonical;
using Tessrax.Cli.Commands;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Node.Appending;
using Tessrax.Node.Shards;

namespace Tessrax.Cli.Sets;

/// <summary>Claims for a set of shards, each recorded in the shard that its subject belongs to.</summary>
internal static class SetIngest
{
    /// <summary>Records them, if every shard takes its part and the shards are one set; otherwise nothing is.</summary>
    /// <returns>0, or the exit code of the first shard that failed while it recorded: the same ingest, done again, completes it.</returns>
    /// <exception cref="TessraxException">TSX1012: some shards lie here, and others are served; TSX4055: the shards differ; and those of opening them and of <see cref="ShardIngests.Require"/>.</exception>
    public static int Run(CliContext context, OpenSet set, ClaimFile[] claims, bool seals, string? passphraseFile)
    {
        set.RequireHere("ingest");
        IReadOnlyList<IReadOnlyList<ClaimFile>> parts = ShardClaims.Spread(claims, set.Count);
        var writers = new List<LedgerWriter>();
        try
        {
            Open(context, set, writers, passphraseFile);
            ShardRules.Require(set.List.Name, [.. writers.Select(writer => writer.Fold)]);
            ShardIngests.Require(writers, parts);
            ShardIngest[] done;
            BackgroundCheck[] checks = [.. writers.Select(writer => new BackgroundCheck(context, writer))];
            using (ProgressBar bar = context.Progress("recording claims", claims.Sum(f => (long)f.Lines.Count)))
                done = ShardIngests.Run(writers, parts, seals, bar);
            foreach (BackgroundCheck check in checks)
                check.Dispose();
            foreach (LedgerWriter writer in writers)
                LedgerSession.Finish(context, writer);
            Report(context, set, writers, done);
            IngestVerb.Warn(context, writers[0].Fold.Rules, claims);
            return Failures(context, set, done);
        }
        finally
        {
            writers.ForEach(writer => writer.Dispose());
        }
    }

    private static void Open(CliContext context, OpenSet set, List<LedgerWriter> writers, string? passphraseFile)
    {
        byte[] passphrase = [];
        for (int i = 0; i < set.Count; i++)
        {
            set.RequireListed(i);
            writers.Add(
                i == 0
                    ? LedgerSession.OpenWriter(context, set.PlaceOf(0), passphraseFile, out passphrase)
                    : LedgerSession.OpenWriter(context, set.PlaceOf(i), passphrase)
            );
        }
    }

    private static void Report(CliContext context, OpenSet set, List<LedgerWriter> writers, ShardIngest[] done)
    {
        IngestResult all = ShardIngests.Sum(done);
        context.WriteJson(() =>
            IngestText
                .ToJson(all)
                .With("shards", JsonValue.Of(done.Select((_, i) => ToJson(set, writers[i], done[i], i))))
        );
        IngestVerb.Tell(context, all);
        context.Table(
            ["SHARD", "CLAIMS", "CONTRADICTIONS", "SIZE", "ROOT"],
            done.Select(
                (one, i) =>
                    (IReadOnlyList<Cell>)
                        [
                            Number(i),
                            one.Result is { } result ? Number(result.Claims) : new Cell("failed", Tone.Bad),
                            Number(one.Result?.Contradictions.Values.Sum() ?? 0),
                            Number(writers[i].Fold.Size),
                            writers[i].Hasher.Text(writers[i].Tree.Root()),
                        ]
            )
        );
        if (all.Pending > 0)
            context.Line(Tone.Dim, ShellText.Of($"next: tessraxctl pending {set.Directory}"));
    }

    private static JsonValue ToJson(OpenSet set, LedgerWriter writer, ShardIngest one, int index)
    {
        JsonValue head = one.Result is { } result ? IngestText.ToJson(result) : JsonValue.Object(("failed", true));
        return head.With("shard", set.List.ShardAt(index).ToJson())
            .With("size", writer.Fold.Size)
            .With("root", writer.Hasher.Text(writer.Tree.Root()));
    }

    private static int Failures(CliContext context, OpenSet set, ShardIngest[] done)
    {
        int exit = 0;
        foreach ((int i, ShardIngest one) in done.Index().Where(item => item.Item.Failure is not null))
        {
            int failed = context.InTurn(set.RunOf(i), () => CliApp.Fail(CliApp.AsOurs(one.Failure!), context));
            exit = exit == 0 ? failed : exit;
        }
        return exit;
    }

    private static string Number(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
