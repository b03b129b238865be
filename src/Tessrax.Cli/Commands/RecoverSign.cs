using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Node.Keys;

namespace Tessrax.Cli.Commands;

/// <summary><c>keys recover sign REQUEST -o ANSWER</c>: signs with the recovery key, without network, ledger or home.</summary>
internal static class RecoverSign
{
    public static Command Create(CliContext context)
    {
        Argument<string> file = new("REQUEST") { Description = "the request; - for standard input" };
        Option<bool> yes = new("--yes") { Description = "sign without asking; for who has looked at it before" };
        var output = new OutputFile("the answer; standard output if left out, and no QR code is asked for");
        var qr = new QrOption();
        var seeds = new SeedOptions("the recovery key is derived from it");
        var verb = new Verb(
            "sign",
            "Answer a request with the recovery key, on a machine that needs nothing else",
            "tessraxctl keys recover sign request.json --mnemonic words.txt -o answer.json",
            "tessraxctl keys recover sign request.json --share share-1-1.txt --share share-1-3.txt --qr -"
        )
        {
            file,
            yes,
            output,
        };
        qr.AddTo(verb);
        seeds.AddTo(verb);
        verb.SetAction(parsed =>
        {
            output.RequireFree(parsed);
            RecoveryRequest request = context.ReadInput(
                parsed.GetRequiredValue(file),
                bytes => RecoveryRequest.Parse(bytes),
                RecoveryRequest.MaxBytes
            );
            using LedgerSeed seed =
                seeds.Open(context, parsed)
                ?? throw ErrorCodes.BadUsage.Because("signed with what?", "give --mnemonic FILE, or --share FILE");
            RecoveryAnswer answer = Sign(context, request, seed, parsed.GetValue(yes));
            byte[] bytes = answer.ToBytes();
            qr.Require(parsed, bytes);
            if (output.PathOf(parsed) is { } path)
            {
                output.Write(context, parsed, bytes);
                context.WriteJson(() =>
                    JsonValue.Object(
                        ("request", answer.Request.ToString()),
                        ("ledger", answer.Ledger.ToString()),
                        ("next", answer.Next.ToString()),
                        ("file", path)
                    )
                );
                context.Line(Tone.Good, $"signed; the answer is in {path}");
            }
            else if (!qr.IsGiven(parsed) || output.NameOf(parsed) is not null)
            {
                context.Raw([.. bytes, (byte)'\n']);
            }
            qr.Write(context, parsed, bytes);
            return 0;
        });
        return verb;
    }

    private static RecoveryAnswer Sign(CliContext context, RecoveryRequest request, LedgerSeed seed, bool isSure)
    {
        int generation =
            RecoverySeed.GenerationOf(seed, request.By.Commitment, request.By.Generation)
            ?? throw ErrorCodes.RecoveryRefused.Because(
                $"none of these recovery keys is the one that {request.Origin} committed to, {request.By.Commitment}",
                "another mnemonic, or another passphrase or --ledger N of it"
            );
        // Not on standard output, where the answer may go.
        foreach (string line in RecoveryText.Lines(request))
            context.Notice(line);
        if (!isSure && !context.Confirm($"Replace the keys of {request.Origin}?"))
            throw ErrorCodes.RecoveryRefused.Because("nothing was signed", "compare the request with whoever made it");
        using PrivateKey key = RecoverySeed.Key(seed, generation);
        using PrivateKey next = RecoverySeed.Key(seed, generation + 1);
        return RecoveryAnswer.Sign(request, key.PublicKey, message => key.Sign(message), next.PublicKey);
    }
}
