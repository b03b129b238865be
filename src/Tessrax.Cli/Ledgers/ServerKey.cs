using System.CommandLine;
using Tessrax.Cli.Commands;

namespace Tessrax.Cli.Ledgers;

/// <summary>What verbs need that show an access key to a server, and do nothing without one: <c>URL --key FILE</c>.</summary>
internal sealed class ServerKey
{
    private readonly Argument<string> url = new("URL") { Description = "the ledger's server" };

    private readonly Option<string> key = new("--key")
    {
        Description = "an access key that the server's access file names",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string?> trust = new("--trust")
    {
        Description = "a trust root file of the server's ledger; otherwise what trust pin has pinned",
        HelpName = "FILE",
    };

    private readonly Option<string?> passphrase = KeysGroup.PassphraseFile();

    private readonly RemoteOptions remote;

    public ServerKey() => remote = new RemoteOptions(trust);

    public void AddTo(Command verb)
    {
        verb.Add(url);
        verb.Add(key);
        verb.Add(trust);
        verb.Add(passphrase);
    }

    /// <summary>A client of the server that signs with the key.</summary>
    /// <inheritdoc cref="RemoteOptions.Open"/>
    public RemoteLedger Open(CliContext context, ParseResult parsed) =>
        remote.OpenWith(
            context,
            parsed,
            parsed.GetRequiredValue(url),
            parsed.GetRequiredValue(key),
            parsed.GetValue(passphrase)
        );
}
