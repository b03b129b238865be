using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Publishing;
using Tessrax.Node.Reading;
using Tessrax.Verification;

namespace Tessrax.Cli.Commands.Merkle;

/// <summary><c>merkle history DIR --against</c>: a checkpoint from elsewhere, held against the ledger's own history.</summary>
internal static class HistoryAgainst
{
    /// <returns>0 if one history was shown; 1 if there are two, or if it takes more to tell.</returns>
    public static int Run(
        CliContext context,
        RootHistory history,
        string other,
        (string? File, Action<Equivocation> Keep) kept
    )
    {
        string? evidenceFile = kept.File;
        CheckpointComparison found = Compare(context, history, other);
        TreeHasher hash = history.Checkpoints.Hash;
        if (found.Evidence is { } evidence && evidenceFile is not null)
            kept.Keep(evidence);
        context.WriteJson(() =>
            JsonValue.Object(
                ("relation", Name(found.Relation)),
                ("ours", MerkleHistory.ToJson(found.Ours, hash)),
                ("theirs", MerkleHistory.ToJson(found.Theirs, hash)),
                ("proof", JsonValue.Of(found.Proof.Select(node => JsonValue.String(node.ToBase64())))),
                ("equivocation", found.Evidence is { } shown ? JsonValue.Parse(shown.ToBytes()) : JsonValue.Null)
            )
        );
        if (found.Evidence is { } contradiction)
        {
            VerifierKey key = history.KeyOf(contradiction) ?? history.Log.Newest;
            contradiction.Proves(key, out string says);
            MerkleEvidence.Show(context, contradiction);
            context.Line(Tone.Bad, $"{ErrorCodes.Equivocation} {ErrorCodes.Equivocation.Title}: {says}");
            context.Line(
                evidenceFile is null
                    ? $"add --evidence FILE to keep it, and show it to others: {ErrorCodes.Equivocation.Hint}"
                    : $"wrote {evidenceFile}: {ShellText.Of($"tessraxctl merkle evidence {evidenceFile} --key {key}")}"
            );
            return CliContext.Refuted;
        }
        if (evidenceFile is not null)
            context.Line(Tone.Dim, $"no contradiction was found, so {evidenceFile} was not written");
        bool shownOne = found.Relation is not (CheckpointRelation.NewerUnproven or CheckpointRelation.Contradicts);
        context.Line(shownOne ? Tone.Good : Tone.Warn, Sentence(found));
        return shownOne ? 0 : CliContext.Refuted;
    }

    // A file is a checkpoint alone; a log can also prove what its tree was at our size.
    private static CheckpointComparison Compare(CliContext context, RootHistory history, string other)
    {
        if (!Directory.Exists(other) && !TileSource.IsUrl(other))
            return history.Compare(context.ReadInput(other, SignedNote.MaxBytes));
        using ReadLog log = ReadLog.Open(context, other);
        return history.Compare(
            log.Note.ToBytes(),
            size => new PastOfAnother(
                Wait(log.Tree.RootAtAsync(size, context.Cancellation)),
                Wait(log.Tree.ProveConsistencyAsync(size, log.Tree.Head.Size, context.Cancellation))
            )
        );
    }

    private static T Wait<T>(ValueTask<T> task) => task.AsTask().GetAwaiter().GetResult();

    private static string Sentence(CheckpointComparison found) =>
        found.Relation switch
        {
            CheckpointRelation.Same => $"the same: both end at size {found.Ours.Size} with one root",
            CheckpointRelation.Older =>
                $"one history: ours, of size {found.Ours.Size}, extends theirs, of size {found.Theirs.Size}; verified with a proof of {Counted.Of(found.Proof.Count, "hash")}",
            CheckpointRelation.Newer =>
                $"one history: theirs, of size {found.Theirs.Size}, extends ours, of size {found.Ours.Size}; verified with their proof of {Counted.Of(found.Proof.Count, "hash")}",
            CheckpointRelation.Contradicts =>
                $"two histories: theirs, of size {found.Theirs.Size}, is not of ours. It is signed by a key that the log signs with no more, and no checkpoint of that key here contradicts it: what speaks against it is the rotation on record here",
            _ =>
                $"not shown: theirs, of size {found.Theirs.Size}, is larger than ours, of size {found.Ours.Size}, and a checkpoint alone cannot show that it extends ours; give their log's directory or URL, which can prove it",
        };

    private static string Name(CheckpointRelation relation) =>
        relation switch
        {
            CheckpointRelation.Same => "same",
            CheckpointRelation.Older => "older",
            CheckpointRelation.Newer => "newer",
            CheckpointRelation.NewerUnproven => "newer-unproven",
            _ => "contradicts",
        };
}
