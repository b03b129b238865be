using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Hashing;
using Tessrax.Node.Evidence;
using Tessrax.Node.Files;

namespace Tessrax.Cli.Commands;

/// <summary><c>evidence get DIR|URL DIGEST -o FILE</c>: a copy of what is kept, held to its digest.</summary>
internal static class EvidenceGet
{
    public static Verb Create(CliContext context)
    {
        var directory = new LedgerArgument { TakesUrls = true };
        var remote = new RemoteOptions();
        Argument<string> named = new("DIGEST") { Description = "sha256:… as an entry or a claim names it" };
        var output = new OutputFile("where the copy goes", required: true);
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            "get",
            "Fetch a file that is kept; nothing is written unless it is the one that the digest names",
            "tessraxctl evidence get decisions sha256:… -o report.pdf",
            "tessraxctl evidence get https://ledger.example.com sha256:… -o report.pdf --access-key me.key"
        )
        {
            directory,
            named,
            passphrase,
        };
        output.AddTo(verb);
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            string text = parsed.GetRequiredValue(named);
            if (!Digest.TryParse(text, out Digest digest))
                throw ErrorCodes.BadUsage.Because($"'{text}' is not a digest", "give sha256: and 64 hex digits");
            output.RequireFree(parsed);
            string place = parsed.GetRequiredValue(directory);
            long length;
            if (RemoteLedger.IsMeant(place))
            {
                using RemoteLedger there = remote.Open(context, parsed, place, parsed.GetValue(passphrase));
                length = output.Stream(
                    context,
                    parsed,
                    into => RemoteLedger.Await(there.Client.ReadEvidenceAsync(digest, into, context.Cancellation))
                );
            }
            else
            {
                var store = new EvidenceStore(Opened(context, place), SystemDisk.Instance);
                length = output.Stream(context, parsed, into => store.CopyTo(digest, into));
            }
            context.WriteJson(() => JsonValue.Object(("digest", digest.ToString()), ("size", length)));
            context.Line($"{digest}  ({Counted.Of(length, "byte")})");
            return 0;
        });
        return verb;
    }

    private static string Opened(CliContext context, string place) =>
        Node.LedgerDirectory.Open(place, LedgerSession.Environment(context).Disk).Path;
}
