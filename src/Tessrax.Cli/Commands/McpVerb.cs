using System.CommandLine;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Mcp;
using Tessrax.Node;
using Tessrax.Node.Serving;

namespace Tessrax.Cli.Commands;

/// <summary><c>mcp DIR</c>: lets an AI agent use the ledger, or that of a server, over standard input and output.</summary>
internal static class McpVerb
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument { TakesUrls = true };
        var remote = new RemoteOptions();
        Option<string> source = new("--source")
        {
            Description = "whose claims the agent's are: it speaks for no other source",
            HelpName = "NAME",
            DefaultValueFactory = static _ => "agent",
        };
        Option<bool> readOnly = new("--read-only") { Description = "only read and verify; needs no keys" };
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            "mcp",
            "Let an AI agent use the ledger, by the Model Context Protocol",
            "tessraxctl mcp decisions --source triage-agent --passphrase-file ledger.pass",
            "tessraxctl mcp decisions --read-only",
            "tessraxctl mcp https://ledger.example.com --source triage-agent --access-key agent.key"
        )
        {
            directory,
            source,
            readOnly,
            passphrase,
        };
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(directory);
            string speaks = parsed.GetRequiredValue(source);
            if (string.IsNullOrWhiteSpace(speaks))
                throw ErrorCodes.BadUsage.Because("--source is empty", "name the agent, for example triage-agent");
            if (parsed.GetValue(passphrase) == "-" || remote.PassphraseFile(parsed) == "-")
                throw ErrorCodes.BadUsage.Because(
                    "standard input is the agent's, and cannot give the passphrase",
                    "give it in a file, or in $TESSRAX_PASSPHRASE"
                );
            if (RemoteLedger.IsMeant(path))
            {
                using RemoteLedger there = remote.Open(context, parsed, path, parsed.GetValue(passphrase));
                // Tried before the agent is told anything.
                there.Checkpoint();
                bool mayWrite = !parsed.GetValue(readOnly) && there.TryUnlock();
                Serve(context, new RemoteAgent(context, there, path, speaks, mayWrite)).GetAwaiter().GetResult();
                return 0;
            }
            NodeEnvironment environment = LedgerSession.Environment(context);
            // Tried before the agent is told that it may record anything.
            byte[]? secret = parsed.GetValue(readOnly)
                ? null
                : LedgerSession.UnlockOnce(context, path, parsed.GetValue(passphrase));
            Run(context, environment, path, speaks, secret).GetAwaiter().GetResult();
            return 0;
        });
        return verb;
    }

    private static async Task Run(
        CliContext context,
        NodeEnvironment environment,
        string path,
        string source,
        byte[]? secret
    )
    {
        // An agent asks seldom, and may ask right after people have decided: it is told what is on record at that moment.
        ServingOptions options = ServingOptions.Default with
        {
            Freshness = TimeSpan.Zero,
            Look = TimeSpan.Zero,
        };
        ServedLedger served = await ServedLedger.OpenAsync(path, null, environment, options).ConfigureAwait(false);
        await using (served.ConfigureAwait(false))
        {
            using var ledger = new LocalAgent(context, served, source, secret);
            await Serve(context, ledger).ConfigureAwait(false);
        }
    }

    private static Task Serve(CliContext context, AgentLedger ledger) =>
        new McpHost(ledger).Run(context.OpenInput("-"), context.OutputStream, context.Cancellation);
}
