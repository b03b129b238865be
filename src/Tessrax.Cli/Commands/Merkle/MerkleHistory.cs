using System.CommandLine;
using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node;
using Tessrax.Node.Reading;
using Tessrax.Verification;

namespace Tessrax.Cli.Commands.Merkle;

/// <summary><c>merkle history DIR</c>: every checkpoint ever signed, and what contradicts them.</summary>
internal static class MerkleHistory
{
    public static Command Create(CliContext context)
    {
        var place = new LedgerArgument
        {
            TakesFiles = true,
            Description = "the ledger's directory, or a file that --export wrote; $TESSRAX_LEDGER if left out",
        };
        Option<string?> at = new("--at")
        {
            Description = "the root in force at a time, or the root of a size",
            HelpName = "TIME|SIZE",
        };
        Option<string?> limit = new("--limit")
        {
            Description = "show only the last N; all are checked",
            HelpName = "N",
        };
        Option<string?> against = new("--against")
        {
            Description = "compare a checkpoint from elsewhere: a file, a log's directory or its URL",
            HelpName = "FILE|DIR|URL",
        };
        var export = new OutputFile("write the history with its proofs, by custom NAME.history.json", "--export");
        var evidence = new OutputFile(
            "where to write two contradicting checkpoints, if there are any",
            "--evidence",
            beside: export
        );
        Option<string[]> key = new("--key")
        {
            Description = "for an exported file: the log's vkey; again for each that it had before",
            HelpName = "VKEY",
        };
        var verb = new Verb(
            "history",
            "Every checkpoint ever signed, each linked to the next by a verified proof",
            "tessraxctl merkle history decisions --limit 10",
            "tessraxctl merkle history decisions --at 2026-01-31T12:00:00Z",
            "tessraxctl merkle history decisions --against https://mirror.example.com/log --evidence fork.equivocation.json"
        )
        {
            place,
            at,
            limit,
            against,
            evidence,
            export,
            key,
        };
        verb.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(place);
            long last = WholeNumber.Parse(parsed.GetValue(limit), "--limit") ?? long.MaxValue;
            bool asksLedger =
                new[] { at, against }.Any(option => parsed.GetValue(option) is not null)
                || new[] { evidence, export }.Any(made => made.NameOf(parsed) is not null);
            if (File.Exists(path) && asksLedger)
                throw ErrorCodes.BadUsage.Because(
                    "--at, --against, --evidence and --export go with a ledger's directory",
                    "of an exported history only its signatures and links can be checked"
                );
            if (File.Exists(path))
                return CheckFile(context, path, last, parsed.GetValue(key) ?? []);
            export.RequireFree(parsed);
            evidence.RequireFree(parsed);
            NodeEnvironment environment = LedgerSession.Environment(context);
            RootHistory history;
            using (ProgressBar bar = context.Progress("reading checkpoints", 0))
                history = RootHistory.Read(path, environment, bar);
            if (export.PathOf(parsed) is not null)
                export.Write(context, parsed, history.Checkpoints.ToBytes());
            if (parsed.GetValue(at) is { } moment)
                return ShowAt(context, history, moment);
            Action<Equivocation> keep = found => evidence.Write(context, parsed, found.ToBytes());
            if (parsed.GetValue(against) is { } other)
                return HistoryAgainst.Run(context, history, other, (evidence.PathOf(parsed), keep));
            return ShowAll(context, history, last, (evidence.PathOf(parsed), keep), export.PathOf(parsed));
        });
        return verb;
    }

    private static int ShowAll(
        CliContext context,
        RootHistory history,
        long limit,
        (string? File, Action<Equivocation> Keep) kept,
        string? export
    )
    {
        string? evidence = kept.File;
        if (evidence is not null && history.Equivocations is [{ } first, ..])
            kept.Keep(first);
        Report(context, history.Checkpoints, history.Verdict, limit);
        foreach (Equivocation contradiction in history.Equivocations)
            MerkleEvidence.Show(context, contradiction);
        if (evidence is not null && history.Equivocations.Count > 0)
            context.Line(
                Tone.Strong,
                $"wrote {evidence}: {ShellText.Of($"tessraxctl merkle evidence {evidence} --key {history.KeyOf(history.Equivocations[0])}")}"
            );
        else if (evidence is not null)
            context.Line(Tone.Dim, $"no contradiction was found, so {evidence} was not written");
        if (export is not null)
            context.Line(
                Tone.Good,
                $"wrote {export}: {Counted.Of(history.Checkpoints.Roots.Count, "checkpoint")} with proofs"
            );
        return history.Verdict.Holds ? 0 : CliContext.Refuted;
    }

    private static int CheckFile(CliContext context, string file, long limit, string[] keys)
    {
        if (keys.Length == 0)
            throw ErrorCodes.BadUsage.Because(
                $"{file} is a file: --key names the log whose history it should be",
                "a history cannot vouch for itself: take the vkey from a source you trust"
            );
        VerifierKey[] log = [.. keys.Select(key => MerkleEvidence.ReadKey(context, key))];
        byte[] bytes = context.ReadUpTo(file, CheckpointHistory.MaxBytes + 1);
        CheckpointHistory history;
        try
        {
            history = CheckpointHistory.Parse(bytes);
        }
        catch (TessraxException e)
        {
            return context.Refute(ErrorCodes.HistoryBroken.Because($"{file} is not a history: {e.Code} {e.Message}"));
        }
        HistoryVerdict verdict;
        using (ProgressBar bar = context.Progress("checking checkpoints", history.Roots.Count))
            verdict = history.Verify(log, bar);
        Report(context, history, verdict, limit, log);
        return verdict.Holds ? 0 : CliContext.Refuted;
    }

    private static void Report(
        CliContext context,
        CheckpointHistory history,
        HistoryVerdict verdict,
        long limit,
        IReadOnlyList<VerifierKey>? given = null
    )
    {
        VerifierKey key = given is [{ } only] && history.Log.Spans.Count == 1 ? only : history.Log.Newest;
        int from = (int)Math.Max(0, history.Roots.Count - limit);
        context.WriteJson(() =>
            JsonValue.Object(
                ("holds", verdict.Holds),
                ("key", key.ToString()),
                ("signatures", verdict.Signatures),
                ("links", verdict.Links),
                ("count", history.Roots.Count),
                ("checkpoints", JsonValue.Of(history.Roots.Skip(from).Select(root => ToJson(root, history.Hash)))),
                ("findings", JsonValue.Of(verdict.Findings.Select(ToJson)))
            )
        );
        context.Table(
            ["SIZE", "TIME", "ROOT", "LINK"],
            history.Roots.Select((root, i) => (root, i)).Skip(from).Select(item => Row(history, item.root, item.i))
        );
        foreach (Finding finding in verdict.Findings)
            context.Line(Tone.Bad, $"{finding.Code} {finding.Message}");
        string counted =
            $"{Counted.Of(verdict.Signatures, "signature")} of {key.Name} and {Counted.Of(verdict.Links, "consistency proof")} verified, of {Counted.Of(history.Roots.Count, "checkpoint")}";
        context.Line(
            verdict.Holds ? Tone.Good : Tone.Bad,
            verdict.Holds ? $"holds: {counted}" : $"does not hold: {counted}"
        );
        context.Line(
            Tone.Dim,
            "not excluded: another history that the same key signed and that nobody has shown; compare with others: merkle history DIR --against"
        );
    }

    private static int ShowAt(CliContext context, RootHistory history, string moment)
    {
        PastRoot past = long.TryParse(moment, NumberStyles.None, CultureInfo.InvariantCulture, out long size)
            ? history.At(size)
            : history.At(Time(moment));
        TreeHasher hash = history.Checkpoints.Hash;
        context.WriteJson(() =>
            JsonValue.Object(
                ("at", moment),
                ("size", past.Head.Size),
                ("root", hash.Text(past.Head.Root)),
                ("signed", past.IsSigned),
                ("checkpoint", ToJson(past.Signed, hash)),
                ("proof", JsonValue.Of(past.Proof.Select(node => JsonValue.String(node.ToBase64()))))
            )
        );
        context.Line(Tone.Strong, $"size {past.Head.Size}, root {hash.Text(past.Head.Root)}");
        context.Line(
            past.IsSigned
                ? $"signed as it stands; its last entry was recorded at {past.Signed.Time}:"
                : $"nothing was signed at that size; the next checkpoint, of size {past.Signed.Head.Size} ({past.Signed.Time}), extends it: verified with a proof of {Counted.Of(past.Proof.Count, "hash")}:"
        );
        if (!context.Json)
            context.Raw(System.Text.Encoding.UTF8.GetBytes(past.Signed.Note));
        foreach (Digest node in past.Proof)
            context.Line(Tone.Dim, node.ToBase64());
        return 0;
    }

    private static UtcTime Time(string text) =>
        UtcTime.TryParseLenient(text, out UtcTime time)
            ? time
            : throw ErrorCodes.BadUsage.Because($"--at needs a time like 2026-01-31T12:00:00Z or a size, not '{text}'");

    private static Cell[] Row(CheckpointHistory history, SignedRoot root, int index) =>
        [
            root.Head.Size.ToString(CultureInfo.InvariantCulture),
            new(root.Time.ToString(), Tone.Dim),
            history.Hash.Text(root.Head.Root),
            index == 0
                ? new Cell("first", Tone.Dim)
                : new Cell(
                    $"extends {history.Roots[index - 1].Head.Size}, {Counted.Of(root.Proof.Count, "hash")}",
                    Tone.Dim
                ),
        ];

    /// <summary>A head for programs.</summary>
    public static JsonValue ToJson(TreeHead head, TreeHasher hash) =>
        JsonValue.Object(("size", head.Size), ("root", hash.Text(head.Root)));

    private static JsonValue ToJson(SignedRoot root, TreeHasher hash) =>
        ToJson(root.Head, hash).With("time", root.Time.ToString()).With("note", root.Note);

    private static JsonValue ToJson(Finding finding) =>
        JsonValue.Object(("code", finding.Code.ToString()), ("message", finding.Message));
}
