using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Cli.Commands;

/// <summary><c>plumbing verify-inclusion</c> and <c>verify-consistency</c>: exit 0 if the proof holds, 1 if it does not.</summary>
internal static class PlumbingVerify
{
    internal const string ProofHelp = "the proof's hashes with commas between them; left out for an empty proof";

    public static Command Inclusion(CliContext context)
    {
        Option<string> index = WholeNumber.Option("--index", "I", "the leaf, counted from 0");
        Option<string> size = WholeNumber.Option("--size", "N", "the size of the tree");
        Option<string> leaf = HexText.Option("--leaf-hash", "the leaf's hash");
        Option<string> root = HexText.Option("--root", "the tree's root");
        Option<string> proof = HexText.Option("--proof", ProofHelp, required: false);
        Option<string> algorithm = HashOption.CreateOptional();
        var verb = new Verb(
            "verify-inclusion",
            "Check a proof that a leaf is in a tree",
            "tessraxctl plumbing verify-inclusion --index 0 --size 1 --leaf-hash $LEAF --root $LEAF"
        )
        {
            index,
            size,
            leaf,
            root,
            proof,
            algorithm,
        };
        verb.SetAction(parsed =>
        {
            // All arguments are read first: a wrong one is said to be wrong whatever the others are.
            long? at = WholeNumber.Read(parsed, index);
            long? leaves = WholeNumber.Read(parsed, size);
            Digest? hash = HexText.ReadDigest(parsed, leaf);
            Digest? head = HexText.ReadDigest(parsed, root);
            Digest[]? path = HexText.ReadDigests(parsed, proof);
            var hasher = new TreeHasher(HashOption.Engine(parsed.GetRequiredValue(algorithm)));
            bool holds =
                at is { } i
                && leaves is { } n
                && hash is { } h
                && head is { } r
                && path is not null
                && InclusionProof.Verify(path, new TreeHead(n, r), i, h, hasher);
            return Answer(context, holds, ErrorCodes.InclusionBroken, "the inclusion proof does not hold");
        });
        return verb;
    }

    public static Command Consistency(CliContext context)
    {
        Option<string> from = WholeNumber.Option("--from", "M", "the size of the older tree");
        Option<string> to = WholeNumber.Option("--to", "N", "the size of the newer tree");
        Option<string> rootFrom = HexText.Option("--root-from", "the older tree's root");
        Option<string> rootTo = HexText.Option("--root-to", "the newer tree's root");
        Option<string> proof = HexText.Option("--proof", ProofHelp, required: false);
        Option<string> algorithm = HashOption.CreateOptional();
        var verb = new Verb(
            "verify-consistency",
            "Check a proof that one tree extends another",
            "tessraxctl plumbing verify-consistency --from 1 --to 1 --root-from $ROOT --root-to $ROOT"
        )
        {
            from,
            to,
            rootFrom,
            rootTo,
            proof,
            algorithm,
        };
        verb.SetAction(parsed =>
        {
            long? older = WholeNumber.Read(parsed, from);
            long? newer = WholeNumber.Read(parsed, to);
            Digest? oldRoot = HexText.ReadDigest(parsed, rootFrom);
            Digest? newRoot = HexText.ReadDigest(parsed, rootTo);
            Digest[]? path = HexText.ReadDigests(parsed, proof);
            var hasher = new TreeHasher(HashOption.Engine(parsed.GetRequiredValue(algorithm)));
            bool holds =
                older is { } m
                && newer is { } n
                && oldRoot is { } a
                && newRoot is { } b
                && path is not null
                && ConsistencyProof.Verify(path, new TreeHead(m, a), new TreeHead(n, b), hasher);
            return Answer(context, holds, ErrorCodes.Inconsistent, "the consistency proof does not hold");
        });
        return verb;
    }

    /// <summary>What a check of plumbing answers: nothing and 0, or the finding on standard error and 1.</summary>
    internal static int Answer(CliContext context, bool holds, ErrorCode finding, string message)
    {
        context.WriteJson(() => JsonValue.Object(("holds", holds)));
        return holds ? 0 : context.Refute(finding.Because(message));
    }
}
