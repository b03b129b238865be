using System.CommandLine;
using Tessrax.Cli.Ledgers;
using Tessrax.Node;

namespace Tessrax.Cli.Commands;

/// <summary><c>serve DIR</c>: starts <c>tessraxd</c>, and stays until it ends.</summary>
internal static class ServeGroup
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument();
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        Option<bool> readOnly = new("--read-only") { Description = "only read, beside whoever writes; needs no keys" };
        Option<string?> anonymousRead = new("--anonymous-read")
        {
            Description = "whether whoever comes may read; by default where it listens on loopback alone",
            HelpName = "yes|no",
        };
        anonymousRead.AcceptOnlyFromAmong("yes", "no");
        Option<string[]>[] many =
        [
            Many("--urls", "where to listen, http://127.0.0.1:8420 by default; repeatable", "URL"),
            Many("--host", "a name by which clients call it, beside loopback's; repeatable", "NAME"),
        ];
        Option<string?>[] single =
        [
            One("--access", "who may do what; access.json in the ledger's directory by default", "FILE"),
            One("--path-base", "what stands before each path, as /ledger; a proxy hands it on as it is", "PATH"),
            One("--public-url", "what clients call it where a proxy stands before it, as https://example.com", "URL"),
            One("--witness-policy", "a policy whose witnesses are asked to cosign the ledger's checkpoints", "FILE"),
            One("--append-waits", "how long an answer waits for a quorum of witnesses; 0 by default", "SECONDS"),
            One(
                "--pull-every",
                "with --read-only, how often a working copy is brought up to date; 1 by default",
                "SECONDS"
            ),
            One("--verifier", "the folder with the verifier for browsers; beside tessraxd by default", "DIR"),
            One("--docs", "the folder with the documentation; beside tessraxd by default", "DIR"),
            One("--quotas", "how much may be asked of the ledger; by default nothing is limited", "FILE"),
            One("--metrics", "where to tell what is measured, apart from everything else", "URL"),
            One("--config", "a JSON file whose section Kestrel names endpoints and their certificates", "FILE"),
        ];
        var verb = new Verb(
            "serve",
            "Serve a ledger over HTTP",
            "tessraxctl serve decisions",
            "tessraxctl serve link http://127.0.0.1:8420 --key ci.key"
        )
        {
            directory,
            readOnly,
            anonymousRead,
            passphrase,
            ServeLink.Create(context),
            ServeSign.Create(context),
        };
        foreach (Option option in (IEnumerable<Option>)[.. many, .. single])
            verb.Add(option);
        verb.SetAction(parsed =>
        {
            string ledger = parsed.GetRequiredValue(directory);
            var arguments = new List<string> { ledger };
            foreach (Option<string[]> option in many)
                arguments.AddRange((parsed.GetValue(option) ?? []).SelectMany(value => (string[])[option.Name, value]));
            foreach (Option<string?> option in (Option<string?>[])[.. single, anonymousRead])
            {
                if (parsed.GetValue(option) is { } value)
                    arguments.AddRange([option.Name, value]);
            }
            byte[] secret = [];
            if (parsed.GetValue(readOnly))
            {
                arguments.Add(readOnly.Name);
            }
            else
            {
                // Before any passphrase is asked for.
                LedgerDirectory.Open(ledger, LedgerSession.Environment(context).Disk);
                secret = context.Passphrase($"the keys of {ledger}", parsed.GetValue(passphrase));
            }
            context.Flush();
            return ServerProcess.Run(arguments, secret, context.Cancellation);
        });
        return verb;
    }

    private static Option<string[]> Many(string name, string description, string help) =>
        new(name) { Description = description, HelpName = help };

    private static Option<string?> One(string name, string description, string help) =>
        new(name) { Description = description, HelpName = help };
}
