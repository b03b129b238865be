using System.CommandLine;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Merkle;

namespace Tessrax.Cli.Commands.Bench;

/// <summary><c>bench verify</c>: checking proofs, or a whole ledger made for it.</summary>
internal static class BenchVerify
{
    public static Command Create(CliContext context)
    {
        var options = new LedgerOptions(
            1_000_000,
            10_000_000,
            "verify a whole ledger of so many entries, made for it and removed afterwards, instead of proofs"
        );
        Option<string> mode = new("--mode")
        {
            Description =
                "who vouches for the entries: unsigned (the log), signed (an author, each), sealed (an author, 256 at once)",
            HelpName = "MODE",
            DefaultValueFactory = _ => "unsigned",
        };
        mode.AcceptOnlyFromAmong("unsigned", "signed", "sealed");
        return BenchTree.Verb(
            context,
            "verify",
            "Measure checking proofs, or a whole ledger",
            ["tessraxctl bench verify --leaves 1000000", "tessraxctl bench verify --entries 100000 --mode signed"],
            [.. options.All, mode],
            (parsed, run, hasher) =>
            {
                if (!options.HasCount(parsed))
                    return false;
                int many = options.CountOf(parsed);
                VoucherKind by = parsed.GetValue(mode) switch
                {
                    "signed" => VoucherKind.Author,
                    "sealed" => VoucherKind.Seal,
                    _ => VoucherKind.Log,
                };
                using ReplayLedger ledger = options.Begin(context, parsed);
                ledger.Make(many, options.BytesOf(parsed), by, hasher.Engine);
                new BenchReplay(context, run, ledger).Measure(many, by, hasher);
                return true;
            },
            Measure
        );
    }

    private static void Measure(LoadRun run, MerkleTree tree, TreeHasher hasher)
    {
        var head = new TreeHead(tree.Size, tree.Root());
        long index = tree.Size / 3;
        Digest leaf = tree.Leaf(index);
        Digest[] inclusion = InclusionProof.Prove(tree, tree.Size, index, hasher);
        var old = new TreeHead(index + 1, tree.RootAt(index + 1));
        Digest[] consistency = ConsistencyProof.Prove(tree, old.Size, head.Size, hasher);
        run.Measure("verify.inclusion", () => Require(InclusionProof.Verify(inclusion, head, index, leaf, hasher)));
        run.Measure("verify.consistency", () => Require(ConsistencyProof.Verify(consistency, old, head, hasher)));
    }

    private static void Require(bool holds)
    {
        if (!holds)
            throw new InvalidOperationException("a proof that was just made does not hold");
    }
}
