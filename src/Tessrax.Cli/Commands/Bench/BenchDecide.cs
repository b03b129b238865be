using System.CommandLine;
using System.Globalization;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Verification;

namespace Tessrax.Cli.Commands.Bench;

/// <summary><c>bench decide</c>: decisions made again by whoever verifies a ledger, and the share of the time that signatures take.</summary>
internal static class BenchDecide
{
    private const int Rounds = 3;
    private const int Claims = 100_000;

    public static Command Create(CliContext context)
    {
        Option<string?> count = new("--claims")
        {
            Description = $"how many claims are recorded; {Claims} if left out",
            HelpName = "N",
        };
        Option<string?> subjects = new("--subjects")
        {
            Description = "about how many subjects, each of which is decided; a tenth of the claims if left out",
            HelpName = "N",
        };
        Option<string?> place = new("--in")
        {
            Description = "the directory on whose disk the ledger is made; the current one if left out",
            HelpName = "DIR",
        };
        Option<string?> seconds = LoadRun.Seconds();
        var verb = new Verb(
            "decide",
            "Measure making decisions again, in memory and as part of verifying a ledger, beside Ed25519",
            "tessraxctl bench decide",
            "tessraxctl bench decide --claims 20000 --subjects 10000"
        )
        {
            count,
            subjects,
            place,
            seconds,
        };
        verb.SetAction(parsed =>
        {
            int many = LoadRun.Within(parsed.GetValue(count), "--claims", Claims, 100, 10_000_000);
            int about = LoadRun.Within(parsed.GetValue(subjects), "--subjects", Math.Max(1, many / 10), 1, many / 2);
            LoadRun run = LoadRun.Start(context, parsed.GetValue(seconds));
            using var ledger = new ReplayLedger(context, parsed.GetValue(place) ?? ".");
            Claim[] claims = BenchClaims.Make(context, many, about, 1);
            using (LedgerWriter writer = ledger.Found(HashEngine.Sha256))
                new Ingestor(writer).Ingest([
                    new ClaimFile("claims.jsonl", [.. claims.Select((claim, i) => new ClaimLine(i + 1, claim))]),
                ]);
            Measure(context, run, ledger, claims);
            run.Report();
            return 0;
        });
        return verb;
    }

    private static void Measure(CliContext context, LoadRun run, ReplayLedger ledger, Claim[] claims)
    {
        int all = System.Environment.ProcessorCount;
        var paces = new Paces(context, run);
        using PrivateKey key = PrivateKey.FromSeed(context.RandomBytes(PrivateKey.SeedSize));
        byte[] message = context.RandomBytes(700);
        byte[] signature = key.Sign(message);
        for (int round = 0; round < Rounds; round++)
        {
            Pace ed25519 = paces.Rate(1, () => key.PublicKey.Verify(message, signature), 1);
            ClaimBook book = new(Policy.Default.Rules);
            foreach (Claim claim in claims)
                book.Add(claim);
            int decided = book.DetectAll().Count();
            book = book.Under(Policy.Default.Rules);
            paces.Note("decide.memory", "decisions/s", paces.Once(() => Decide(book), decided));
            Pace one = Verify(paces, ledger, 1, decided, out Verdict verdict);
            Pace many = Verify(paces, ledger, all, decided, out _);
            paces.Note("decide.replay.1-thread", "decisions/s", one);
            paces.Note(
                string.Create(CultureInfo.InvariantCulture, $"decide.replay.{all}-threads"),
                "decisions/s",
                many
            );
            paces.Note("decide.replay.of-1-thread", "ratio", many.Rate / one.Rate);
            paces.Note("limit.ed25519.1-thread", "signatures/s", ed25519);
            double signatures =
                Checked(verdict, "signatures") + Checked(verdict, "approvals") + Checked(verdict, "checkpoints");
            paces.Note("decide.replay.signatures", "a decision", signatures / decided);
            paces.Note("decide.replay.ed25519-share", "ratio", signatures * ed25519.Micros / (one.Micros * decided));
            paces.Note(
                "decide.replay.decisions-share",
                "ratio",
                verdict.Stages.First(stage => stage.Name == "decisions").Seconds / (decided / one.Rate)
            );
        }
        paces.Report();
    }

    private static void Decide(ClaimBook book)
    {
        foreach (Contradiction contradiction in book.DetectAll())
            Decider.Decide(Policy.Default, contradiction);
    }

    private static Pace Verify(Paces paces, ReplayLedger ledger, int threads, int decisions, out Verdict verdict)
    {
        var trust = new TrustRoot(ledger.Id, TlogPolicy.LogAlone(ledger.Log));
        Verdict? found = null;
        Pace pace = paces.Once(
            () => found = new LedgerCheck(ledger.Environment, trust) { Threads = threads }.Run(ledger.Folder, false),
            decisions
        );
        verdict = found!;
        return verdict.Holds ? pace : throw ErrorCodes.Bug.Because($"the ledger does not hold: {verdict.ToJson()}");
    }

    private static long Checked(Verdict verdict, string stage) =>
        verdict.Stages.First(found => found.Name == stage).Checked;
}
