using System.CommandLine;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Keys;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Commands;

/// <summary><c>keys recover rehearse DIR|COMMITMENT</c>: proves that the recovery material is still good, without using it.</summary>
internal static class RecoverRehearse
{
    private const int ChallengeBytes = 32;

    public static Command Create(CliContext context)
    {
        Argument<string> target = new("DIR|COMMITMENT")
        {
            Description = "the ledger's directory; or, where it is not at hand, what it committed to",
        };
        var seeds = new SeedOptions("the recovery key is derived from it");
        var verb = new Verb(
            "rehearse",
            "Show that words or shares still give the recovery key; writes nothing",
            "tessraxctl keys recover rehearse decisions --mnemonic words.txt",
            "tessraxctl keys recover rehearse sha256:1f2e... --share share-1-1.txt --share share-1-3.txt"
        )
        {
            target,
        };
        seeds.AddTo(verb);
        verb.SetAction(parsed =>
        {
            RecoveryCommitment by = CommitmentOf(context, parsed.GetRequiredValue(target));
            using LedgerSeed seed =
                seeds.Open(context, parsed)
                ?? throw ErrorCodes.BadUsage.Because("rehearsed with what?", "give --mnemonic FILE, or --share FILE");
            int? generation = RecoverySeed.GenerationOf(seed, by.Commitment, by.Generation);
            bool signs = generation is { } found && Signs(context, seed, found, by.Commitment);
            context.WriteJson(() =>
                JsonValue.Object(
                    ("commitment", by.Commitment.ToString()),
                    ("holds", signs),
                    ("generation", generation is { } g ? JsonValue.Number(g) : JsonValue.Null)
                )
            );
            if (!signs)
                return context.Refute(
                    ErrorCodes.OtherSeed.Because(
                        $"this is not the recovery key that {by.Commitment} commits to",
                        "another mnemonic, or another passphrase or --ledger N of it; look for the right one while the online keys are still there"
                    )
                );
            context.Line(Tone.Good, $"the recovery key is there: {by.Commitment}");
            context.Line($"  path  {seed.PathOf(KeyPurpose.Recovery, generation!.Value)}");
            context.Line(Tone.Dim, "nothing was written and nothing was used up");
            return 0;
        });
        return verb;
    }

    private static RecoveryCommitment CommitmentOf(CliContext context, string target)
    {
        if (Digest.TryParse(target, out Digest commitment))
            return new RecoveryCommitment(commitment, 0);
        using LedgerView view = LedgerView.Open(target, LedgerSession.Environment(context).Disk);
        return view.Fold.State.Recovery ?? throw KeyRecovered.NobodyCan();
    }

    // To have the key is to sign with it. What is signed is of no use to anybody.
    private static bool Signs(CliContext context, LedgerSeed seed, int generation, Digest commitment)
    {
        using PrivateKey key = RecoverySeed.Key(seed, generation);
        byte[] challenge =
        [
            .. Encoding.ASCII.GetBytes(SignedBytes.RehearsalLabel),
            .. context.RandomBytes(ChallengeBytes),
        ];
        return RecoveryCommitment.Of(key.PublicKey) == commitment
            && key.PublicKey.Verify(challenge, key.Sign(challenge));
    }
}
