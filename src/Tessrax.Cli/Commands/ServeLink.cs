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
        var server = new ServerKey();
        var verb = new Verb(
            "link",
            "Print a link that signs a browser in, once",
            "tessraxctl serve link http://127.0.0.1:8420 --key ci.key"
        );
        server.AddTo(verb);
        verb.SetAction(parsed =>
        {
            using RemoteLedger there = server.Open(context, parsed);
            SignInLink link = RemoteLedger.Await(there.Client.SignInLinkAsync(context.Cancellation));
            context.WriteJson(() => link.Told.Value);
            context.Line(Tone.Strong, link.Address.AbsoluteUri);
            context.Notice("it works once, within five minutes");
            return 0;
        });
        return verb;
    }
}
