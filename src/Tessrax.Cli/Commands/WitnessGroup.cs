using System.CommandLine;
using Tessrax.Cli.Ledgers;
using Tessrax.Keys;
using Tessrax.Node.Keys;
using Tessrax.Node.Witnessing;

namespace Tessrax.Cli.Commands;

/// <summary><c>witness serve</c>: cosigns the checkpoints of others' logs.</summary>
internal static class WitnessGroup
{
    public static Command Create(CliContext context) =>
        new Verb("witness", "Be a witness of logs: cosign their checkpoints", Example) { Serve(context) };

    private const string Example =
        "tessraxctl witness serve --key w.key --log example.com/ledger=VKEY --state /var/lib/witness";

    private static Verb Serve(CliContext context)
    {
        Option<string> key = new("--key")
        {
            Description = "the witness's key file (keys new NAME --purpose witness)",
            HelpName = "FILE",
            Required = true,
        };
        Option<string[]> logs = new("--log")
        {
            Description = "a log to witness; again for each of its keys, and for each log",
            HelpName = "ORIGIN=VKEY",
            Required = true,
        };
        Option<string> state = new("--state")
        {
            Description =
                "the directory of what was cosigned; it belongs to the key, and is never brought back from a copy",
            HelpName = "DIR",
            Required = true,
        };
        Option<string[]> urls = new("--urls")
        {
            Description = "where to listen; http://127.0.0.1:8421 by default",
            HelpName = "URL",
        };
        Option<string?> passphrase = KeysGroup.PassphraseFile();
        var verb = new Verb(
            "serve",
            "Answer logs that ask for cosignatures (C2SP tlog-witness), until it is stopped",
            Example
        )
        {
            key,
            logs,
            state,
            urls,
            passphrase,
        };
        verb.SetAction(parsed =>
        {
            string file = parsed.GetRequiredValue(key);
            string[] given = parsed.GetRequiredValue(logs);
            // Before a passphrase is asked for.
            foreach (string log in given)
                _ = WitnessedLog.Parse(log);
            KeyFileInfo info = KeyStore.Read(file).Info;
            byte[] secret = context.Passphrase($"the key '{info.Name}'", parsed.GetValue(passphrase));
            List<string> arguments = ["witness", "--key", file, "--state", parsed.GetRequiredValue(state)];
            foreach (string log in given)
                arguments.AddRange(["--log", log]);
            foreach (string url in parsed.GetValue(urls) ?? [])
                arguments.AddRange(["--urls", url]);
            return ServerProcess.Run(arguments, secret, context.Cancellation);
        });
        return verb;
    }
}
