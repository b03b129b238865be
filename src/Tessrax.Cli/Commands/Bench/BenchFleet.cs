using System.CommandLine;
using System.Globalization;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Verification.Fleet;

namespace Tessrax.Cli.Commands.Bench;

/// <summary><c>bench fleet</c>: what a round costs once its checkpoints were read, and how long a proof out of it is.</summary>
internal static class BenchFleet
{
    private const int Default = 10_000;

    // 64 bytes a ledger for the tree, and 250 for the checkpoints that it is made of here.
    private const int Most = 1 << 22;

    public static Command Create(CliContext context)
    {
        Option<string?> ledgers = new("--ledgers")
        {
            Description = $"how many ledgers the fleet has; {Default} if left out",
            HelpName = "N",
        };
        Option<string?> seconds = LoadRun.Seconds();
        var verb = new Verb(
            "fleet",
            "Measure the tree of a fleet's round, its list, and a proof out of it",
            "tessraxctl bench fleet --ledgers 1000000"
        )
        {
            ledgers,
            seconds,
        };
        verb.SetAction(parsed =>
        {
            LoadRun run = LoadRun.Start(context, parsed.GetValue(seconds));
            Measure(run, context, Make(LoadRun.Within(parsed.GetValue(ledgers), "--ledgers", Default, 1, Most)));
            run.Report();
            return 0;
        });
        return verb;
    }

    private static void Measure(LoadRun run, CliContext context, FleetMember[] members)
    {
        long begin = context.Time.GetTimestamp();
        using var round = new FleetRound([], []);
        long bytes = FleetListReader.Begin.Length;
        foreach (FleetMember member in members)
        {
            round.Add(member, static _ => default);
            bytes += FleetListReader.PartOf(member).Length;
        }
        round.End();
        double took = context.Time.GetElapsedTime(begin).TotalNanoseconds;
        run.Add("fleet.round", "ns", [took / members.Length]);
        run.Add("fleet.list", "bytes", [bytes]);
        var tree = new MerkleTree(TreeHasher.Sha256);
        foreach (FleetMember member in members)
            tree.Append(member.LeafHash);
        int at = members.Length / 2;
        Digest[] path = InclusionProof.Prove(tree, tree.Size, at, TreeHasher.Sha256);
        var head = new TreeHead(round.Ledgers, round.Root);
        run.Add("fleet.path", "hashes", [path.Length]);
        run.Measure(
            "fleet.verify",
            () => InclusionProof.Verify(path, head, at, members[at].LeafHash, TreeHasher.Sha256)
        );
    }

    // Nobody looks at signatures here, so one is enough: a checkpoint is signed in some 30 us, which is the ledger's work and not the fleet's.
    private static FleetMember[] Make(int count)
    {
        using PrivateKey key = PrivateKey.FromSeed(new byte[32]);
        NoteSignature signature = SignedNote.Sign("bench\n", Origin(0), key).Signatures[0];
        var members = new FleetMember[count];
        for (int i = 0; i < count; i++)
        {
            var says = new Checkpoint(Origin(i), new TreeHead(i + 1, HashEngine.Sha256.Hash(BitConverter.GetBytes(i))));
            members[i] = FleetMember.Of(
                SignedNote.Parse(
                    System.Text.Encoding.UTF8.GetBytes($"{says.Body}\n{signature with { Name = says.Origin }}\n")
                )
            );
        }
        return members;
    }

    private static string Origin(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"ledgers.example.com/ledger-{number:D7}");
}
