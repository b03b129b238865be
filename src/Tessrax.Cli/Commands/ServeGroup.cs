using System.CommandLine;
using System.Diagnostics;
using Tessrax.Cli.Ledgers;
using Tessrax.Node;

namespace Tessrax.Cli.Commands;

/// <summary><c>serve DIR</c>: starts <c>tessraxd</c>, which lies beside this program or on the path, and stays until it ends.</summary>
internal static class ServeGroup
{
    private const string Server = "tessraxd";

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
            One("--path-base", "what a proxy strips from the front of each path, as /ledger", "PATH"),
            One("--witness-policy", "a policy whose witnesses are asked to cosign the ledger's checkpoints", "FILE"),
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
            byte[]? secret = null;
            if (parsed.GetValue(readOnly))
            {
                arguments.Add(readOnly.Name);
            }
            else
            {
                // Before any passphrase is asked for.
                LedgerDirectory.Open(ledger, LedgerSession.Environment(context).Disk);
                secret = context.Passphrase($"the keys of {ledger}", parsed.GetValue(passphrase));
                arguments.Add("--passphrase-stdin");
            }
            return Run(context, Find(context), arguments, secret);
        });
        return verb;
    }

    private static Option<string[]> Many(string name, string description, string help) =>
        new(name) { Description = description, HelpName = help };

    private static Option<string?> One(string name, string description, string help) =>
        new(name) { Description = description, HelpName = help };

    // Beside this program first: the two belong together.
    private static string Find(CliContext context)
    {
        string[] folders =
        [
            AppContext.BaseDirectory,
            Path.Combine(AppContext.BaseDirectory, "..", Server),
            .. (context.Variable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        ];
        return folders.Select(folder => Path.Combine(folder, Server)).FirstOrDefault(File.Exists)
            ?? throw ErrorCodes.NoSuchFile.Because(
                $"the server, {Server}, is neither beside tessraxctl nor on the path",
                "put tessraxd beside tessraxctl: eng/publish.sh makes both"
            );
    }

    private static int Run(CliContext context, string program, List<string> arguments, byte[]? secret)
    {
        context.Flush();
        using Process server =
            Process.Start(
                new ProcessStartInfo(program, arguments)
                {
                    RedirectStandardInput = secret is not null,
                    UseShellExecute = false,
                }
            ) ?? throw ErrorCodes.Bug.Because("the server could not be started");
        if (secret is not null)
        {
            server.StandardInput.BaseStream.Write(secret);
            server.StandardInput.Close();
        }
        // A terminal tells both; whoever ends this program alone means the server.
        using CancellationTokenRegistration ending = context.Cancellation.Register(() => End(server));
        server.WaitForExit();
        return server.ExitCode;
    }

    private static void End(Process server)
    {
        if (server.HasExited)
            return;
        using Process? told = Process.Start("kill", ["-TERM", $"{server.Id}"]);
        told?.WaitForExit();
    }
}
