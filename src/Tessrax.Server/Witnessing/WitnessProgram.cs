using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Keys;
using Tessrax.Node.Witnessing;
using Tessrax.Server.Host;

namespace Tessrax.Server.Witnessing;

/// <summary><c>tessraxd witness</c>: a witness, by itself in a process.</summary>
internal static class WitnessProgram
{
    private const string DefaultUrl = "http://127.0.0.1:8421";

    public static Command Create()
    {
        var key = new Option<string>("--key")
        {
            Description = "the witness's key file (tessraxctl keys new NAME --purpose witness)",
            HelpName = "FILE",
            Required = true,
        };
        var logs = new Option<string[]>("--log")
        {
            Description = "a log to witness; again for each of its keys, and for each log",
            HelpName = "ORIGIN=VKEY",
            Required = true,
        };
        var state = new Option<string>("--state")
        {
            Description =
                "the directory of what was cosigned; it belongs to the key, and is never brought back from a copy",
            HelpName = "DIR",
            Required = true,
        };
        var urls = new Option<string[]>("--urls")
        {
            Description = $"where to listen; {DefaultUrl} by default",
            HelpName = "URL",
        };
        var supervision = new Supervision();
        var command = new Command("witness", "Cosign the checkpoints of logs (C2SP tlog-witness)")
        {
            key,
            logs,
            state,
            urls,
        };
        foreach (Option option in supervision.Options)
            command.Add(option);
        command.SetAction(
            (parsed, cancellation) =>
                Complaint.Guard(async () =>
                {
                    using Witness witness = Open(
                        parsed.GetRequiredValue(key),
                        parsed.GetRequiredValue(logs),
                        parsed.GetRequiredValue(state),
                        stored => supervision.Passphrase(parsed, $"the key '{stored.Info.Name}'")
                    );
                    string[] given = parsed.GetValue(urls) is { Length: > 0 } some ? some : [DefaultUrl];
                    await using RunningWitness running = await WitnessHost.StartAsync(given, witness);
                    Console.WriteLine($"witness {witness.Verifier} {running.Address}");
                    await supervision.Ended(parsed, cancellation);
                    return 0;
                })
        );
        return command;
    }

    private static Witness Open(string key, string[] logs, string state, Func<StoredKey, byte[]> passphrase)
    {
        WitnessedLog[] known = [.. logs.Select(WitnessedLog.Parse)];
        StoredKey stored = KeyStore.Read(key);
        if (stored.Info.Purpose != KeyPurpose.Witness)
            throw ErrorCodes.BadKey.Because(
                $"{key} is a key for the purpose '{stored.Info.Purpose.ToText()}'",
                "a key has one purpose: make one with tessraxctl keys new NAME --purpose witness"
            );
        var environment = NodeEnvironment.OfUser(
            Environment.GetEnvironmentVariable,
            TimeProvider.System,
            SystemRandom.Fill,
            NullLogger.Instance
        );
        PrivateKey unlocked = stored.Decrypt(passphrase(stored));
        try
        {
            return Witness.Open(state, stored.Info.Name, unlocked, known, environment);
        }
        catch
        {
            unlocked.Dispose();
            throw;
        }
    }
}
