using System.CommandLine;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Client;

namespace Tessrax.Cli.Commands;

/// <summary><c>serve link URL --key FILE</c>: a link that signs a browser in once.</summary>
internal static class ServeLink
{
    public static Command Create(CliContext context)
    {
        Argument<string> url = new("URL") { Description = "the server" };
        Option<string> key = new("--key")
        {
            Description = "an access key that the server's access file names",
            HelpName = "FILE",
            Required = true,
        };
        Option<string?> trust = new("--trust")
        {
            Description = "a trust root file of the server's ledger; otherwise what trust pin has pinned",
            HelpName = "FILE",
        };
        var remote = new RemoteOptions(trust);
        Option<string?> passphrase = KeysGroup.PassphraseFile();
        var verb = new Verb(
            "link",
            "Print a link that signs a browser in, once",
            "tessraxctl serve link http://127.0.0.1:8420 --key ci.key"
        )
        {
            url,
            key,
            trust,
            passphrase,
        };
        verb.SetAction(parsed =>
        {
            using RemoteLedger there = remote.OpenWith(
                context,
                parsed,
                parsed.GetRequiredValue(url),
                parsed.GetRequiredValue(key),
                parsed.GetValue(passphrase)
            );
            SignInLink link = RemoteLedger.Await(there.Client.SignInLinkAsync(context.Cancellation));
            context.WriteJson(() => link.Told.Value);
            context.Line(Tone.Strong, link.Address.AbsoluteUri);
            context.Notice("it works once, within five minutes");
            return 0;
        });
        return verb;
    }
}
