using System.CommandLine;
using System.Globalization;
using Tessrax.Cli.Commands.Bench;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Reading;
using Tessrax.Node.Snapshots;
using Tessrax.Verification;
using Tessrax.Verification.Search;

namespace Tessrax.Cli.Commands;

/// <summary><c>verify PATH</c>: a ledger, a snapshot, a backup, a bundle or a proof of a search, stage by stage, against a trust root of one's own.</summary>
internal static class VerifyVerb
{
    // More than any machine has; a mistyped number must not start a million threads.
    internal const int MaxThreads = 1024;

    public static Command Create(CliContext context)
    {
        var path = new LedgerArgument("PATH")
        {
            OfSet = SetUse.Judged,
            OfOneLedger = ["--trust", "--resume", "--since", "--newer"],
            TakesUrls = true,
            Description =
                "a ledger's directory, the URL of its server, a snapshot, a backup, a bundle or a proof of a search; - for one of the last two on standard input",
        };
        Option<string?> trust = new("--trust")
        {
            Description = "a trust root file, or the log's vkey; otherwise what init or trust pin has pinned",
            HelpName = "FILE|VKEY",
        };
        Option<string[]> predecessors = new("--predecessor")
        {
            Description = "where a ledger before this one lies, if it was moved; repeatable",
            HelpName = "DIR",
        };
        Option<string?> threads = new("--threads")
        {
            Description = "how many threads check; as many as there are processors if left out or 0",
            HelpName = "N",
        };
        Option<bool> replay = new("--replay-decisions")
        {
            Description =
                "say how many contradictions and decisions were worked out again from the claims, and how fast; they always are",
        };
        Option<bool> evidence = new("--evidence") { Description = "hash the evidence kept beside the ledger again" };
        Option<string?> resume = new("--resume")
        {
            Description =
                "a file of your own in which this run notes how far it came, and from which it goes on if the file is there; what it says was checked is not checked again",
            HelpName = "FILE",
        };
        Option<string?> since = new("--since")
        {
            Description =
                "a signed checkpoint that you verified before, or 'pinned' for the trust root's: only what is new since the last epoch that it covers is checked",
            HelpName = "CHECKPOINT",
        };
        Option<string?> newer = new("--newer")
        {
            Description = "another copy of the ledger that holds more, to hold a restored state of the past against",
            HelpName = "DIR",
        };
        var remote = new RemoteOptions(trust);
        var verb = new Verb(
            "verify",
            "Check a ledger, a snapshot, a backup, a bundle or a proof of a search, offline",
            "tessraxctl verify decisions",
            "tessraxctl verify https://ledger.example.com --trust trust.json",
            "tessraxctl verify decision-17.tessrax.json --trust trust.json"
        )
        {
            path,
            trust,
            predecessors,
            threads,
            replay,
            evidence,
            resume,
            since,
            newer,
        };
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            int workers = LoadRun.Within(parsed.GetValue(threads), "--threads", 0, 0, MaxThreads);
            string given = parsed.GetRequiredValue(path);
            TrustRoot? root = parsed.GetValue(trust) is { } named ? TrustArgument.Read(context, named) : null;
            Verdict verdict;
            BundleSubject? about = null;
            if (RemoteLedger.IsMeant(given))
            {
                if (
                    new[] { resume, since, newer }.Any(option => parsed.GetValue(option) is not null)
                    || parsed.GetValue(evidence)
                    || parsed.GetValue(predecessors) is { Length: > 0 }
                )
                    throw ErrorCodes.BadUsage.Because(
                        "--resume, --since, --newer, --evidence and --predecessor go with a ledger's directory"
                    );
                using RemoteLedger there = remote.Open(context, parsed, given);
                verdict = new RemoteCheck(context, there).Run();
            }
            else if (Directory.Exists(given))
            {
                var wish = new LedgerWish(
                    parsed.GetValue(evidence),
                    parsed.GetValue(predecessors) ?? [],
                    workers,
                    parsed.GetValue(resume),
                    parsed.GetValue(since),
                    parsed.GetValue(newer)
                );
                verdict = VerifyLedger(context, given, root, wish);
            }
            else if (new[] { resume, since, newer }.Any(option => parsed.GetValue(option) is not null))
            {
                throw ErrorCodes.BadUsage.Because("--resume, --since and --newer go with a ledger's directory");
            }
            else if (given != "-" && SnapshotCheck.IsSnapshot(context.ReadUpTo(given, SnapshotCheck.BeginningBytes)))
            {
                NodeEnvironment environment = LedgerSession.Environment(context);
                root ??= PinnedTrust.Of(environment, SnapshotCheck.LedgerOf(environment, given));
                using ProgressBar bar = context.Progress("verifying", new FileInfo(given).Length);
                verdict = new SnapshotCheck(environment, root) { Threads = workers }.Run(
                    given,
                    bar,
                    context.Cancellation
                );
            }
            else
            {
                if (parsed.GetValue(predecessors) is { Length: > 0 })
                    throw ErrorCodes.BadUsage.Because(
                        "--predecessor goes with a ledger's directory",
                        "a bundle is of one ledger alone: verify the directory of the ledger to walk to the ones before it"
                    );
                // One byte more than is read tells that it is too large, which the verifier then says.
                byte[] file = context.ReadUpTo(given, Bundle.MaxBytes + 1);
                if (OtherFile.Of(file) is { } other)
                    return context.Refute(
                        ErrorCodes.NotVerifiable.Because($"{InputFiles.NameOf(given)} is {other.What}", other.Use)
                    );
                verdict = PinnedTrust.Verify(context, file, root);
                about = SearchProof.IsMeant(file) ? null : BundleSubject.Of(file);
            }
            VerdictReport.Write(context, verdict, about?.ToJson(), about?.Lines ?? []);
            if (parsed.GetValue(replay))
                ReportReplay(context, verdict);
            return verdict.Holds ? 0 : CliContext.Refuted;
        });
        return verb;
    }

    /// <summary>Checks a shard of a set, as <c>verify</c> does without options.</summary>
    public static int OfShard(CliContext context, ParseResult parsed, RemoteOptions remote, string path)
    {
        Verdict verdict;
        if (RemoteLedger.IsMeant(path))
        {
            using RemoteLedger there = remote.Open(context, parsed, path);
            verdict = new RemoteCheck(context, there).Run();
        }
        else
            verdict = VerifyLedger(context, path, null, new LedgerWish(false, [], 0, null, null, null));
        VerdictReport.Write(context, verdict, null, []);
        return verdict.Holds ? 0 : CliContext.Refuted;
    }

    private static Verdict VerifyLedger(CliContext context, string path, TrustRoot? trust, LedgerWish wish)
    {
        if (wish.Resume is not null && (wish.Since is not null || wish.Evidence))
            throw ErrorCodes.BadUsage.Because(
                "--resume goes with neither --since nor --evidence",
                "evidence is hashed again by a run of its own, without --resume"
            );
        NodeEnvironment environment = LedgerSession.Environment(context);
        trust ??= PinnedTrust.Of(environment, LedgerIdOf(path, environment));
        var check = new LedgerCheck(environment, trust)
        {
            Predecessors = wish.Predecessors,
            Threads = wish.Threads,
            NoteFile = wish.Resume,
            Newer = wish.Newer,
            Since = wish.Since is null ? null : ReadSince(context, wish.Since, trust),
        };
        Verdict verdict;
        using (ProgressBar bar = context.Progress("verifying entries", 0))
            verdict = check.Run(path, wish.Evidence, new CheckBar(bar));
        if (check.BeginNotice is { } notice)
            context.Notice(notice);
        return verdict;
    }

    private static SignedNote ReadSince(CliContext context, string since, TrustRoot? trust) =>
        since != "pinned"
            ? NoteIn(context, since)
            : trust?.Accepted
                ?? throw ErrorCodes.SinceRefused.Because("the trust root holds no checkpoint that was accepted before");

    private static SignedNote NoteIn(CliContext context, string file) =>
        SignedNote.TryParse(context.ReadInput(file, SignedNote.MaxBytes), out SignedNote? note, out string reason)
            ? note
            : throw ErrorCodes.BadNote.Because($"{file} holds no signed checkpoint: {reason}");

    private sealed record LedgerWish(
        bool Evidence,
        string[] Predecessors,
        int Threads,
        string? Resume,
        string? Since,
        string? Newer
    );

    // Which pinned trust root to look up; whether it fits is for the verifier to say.
    private static Digest? LedgerIdOf(string path, NodeEnvironment environment)
    {
        try
        {
            return LedgerDirectory.Open(path, environment.Disk).Id;
        }
        catch (TessraxException e)
            when (e.Code == ErrorCodes.NotALedger || e.Code == ErrorCodes.Damaged || e.Code == ErrorCodes.UnknownFormat)
        {
            return null;
        }
    }

    // The stage's seconds are those of all threads together.
    private static void ReportReplay(CliContext context, Verdict verdict)
    {
        if (verdict.Stages.FirstOrDefault(stage => stage.Name == "decisions") is not { } stage)
            return;
        string pace = stage is { Checked: > 0, Seconds: > 0 }
            ? string.Create(
                CultureInfo.InvariantCulture,
                $" in {stage.Seconds:F3} s of one core, {stage.Checked / stage.Seconds:F0} a second"
            )
            : "";
        context.Line(
            $"worked out again from the claims: {stage.Checked} contradictions, proposals and decisions{pace}"
        );
        double all = verdict.Stages.Sum(each => each.Seconds);
        double signatures = verdict.Stages.Where(each => each.Name == "signatures").Sum(each => each.Seconds);
        if (all > 0)
            context.Line(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"of all that was done: {Share(stage.Seconds)} that, {Share(signatures)} the signatures of authors"
                )
            );

        string Share(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{100 * seconds / all:F0}%");
    }
}
