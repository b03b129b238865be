using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Client;

namespace Tessrax.Cli.Commands;

/// <summary><c>serve sign URL --key FILE</c>: signs one request that another program sends.</summary>
internal static class ServeSign
{
    public static Command Create(CliContext context)
    {
        Argument<string> url = new("URL") { Description = "the ledger's server" };
        Option<string> key = new("--key")
        {
            Description = "an access key that the server's access file names",
            HelpName = "FILE",
            Required = true,
        };
        Option<string> path = new("--path")
        {
            Description = "what is asked for, below the URL, with its query",
            HelpName = "PATH",
            Required = true,
        };
        Option<string?> method = new("--method")
        {
            Description = "POST if left out and there is a body; otherwise GET",
            HelpName = "M",
        };
        Option<string?> body = new("--body") { Description = "what is sent, to the byte", HelpName = "FILE" };
        Option<string?> trust = new("--trust")
        {
            Description = "a trust root file of the server's ledger; otherwise what trust pin has pinned",
            HelpName = "FILE",
        };
        var remote = new RemoteOptions(trust);
        Option<string?> passphrase = KeysGroup.PassphraseFile();
        var verb = new Verb(
            "sign",
            "Print the header that signs one request, for curl and the like",
            "curl -H \"$(tessraxctl serve sign http://127.0.0.1:8420 --key ci.key --path v1/claims --body claims.json)\" -H Content-Type:application/json --data-binary @claims.json http://127.0.0.1:8420/v1/claims"
        )
        {
            url,
            key,
            path,
            method,
            body,
            trust,
            passphrase,
        };
        verb.SetAction(parsed =>
        {
            byte[] sent = parsed.GetValue(body) is { } file ? context.ReadInput(file) : [];
            string how = parsed.GetValue(method) ?? (sent.Length > 0 ? "POST" : "GET");
            using RemoteLedger there = remote.OpenWith(
                context,
                parsed,
                parsed.GetRequiredValue(url),
                parsed.GetRequiredValue(key),
                parsed.GetValue(passphrase)
            );
            SignedRequest signed = RemoteLedger.Await(
                there.Client.SignAsync(how, parsed.GetRequiredValue(path), sent, context.Cancellation)
            );
            context.WriteJson(() =>
                JsonValue.Object(
                    ("method", signed.Method),
                    ("url", signed.Address.AbsoluteUri),
                    ("authorization", signed.Authorization)
                )
            );
            context.Line($"Authorization: {signed.Authorization}");
            context.Notice($"it counts once, within a minute, for {signed.Method} {signed.Address.AbsoluteUri}");
            return 0;
        });
        return verb;
    }
}
