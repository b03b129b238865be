using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Client;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Commands;

/// <summary><c>append DIR --event E --payload FILE</c>: one receipt.</summary>
internal static class AppendVerb
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument { TakesUrls = true };
        var remote = new RemoteOptions();
        Option<string?> once = new("--idempotency-key")
        {
            Description = "with a URL: the same key with the same event appends it once, however often this is run",
            HelpName = "K",
        };
        var what = new DraftOptions();
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            "append",
            "Append one receipt",
            "tessraxctl append decisions --event x-model-released --payload model.json",
            "tessraxctl append https://ledger.example.com --event x-model-released --payload model.json --access-key ci.key"
        )
        {
            directory,
        };
        what.AddTo(verb);
        verb.Add(passphrase);
        remote.AddTo(verb);
        verb.Add(once);
        verb.SetAction(parsed =>
        {
            // Everything that can be checked before any key is unlocked.
            Draft draft = what.Read(context, parsed);
            string place = parsed.GetRequiredValue(directory);
            if (RemoteLedger.IsMeant(place))
            {
                OwnAppend own = RemoteDraft.Of(draft);
                using RemoteLedger there = remote.Open(context, parsed, place, parsed.GetValue(passphrase));
                Append(context, there, own, parsed.GetValue(once));
                return 0;
            }
            using LedgerWriter writer = LedgerSession.OpenWriter(context, place, parsed.GetValue(passphrase));
            Receipt receipt = Append(writer, draft);
            LedgerSession.Finish(context, writer);
            Tell(context, receipt, writer.Hasher, new TreeHead(writer.Tree.Size, writer.Tree.Root()));
            return 0;
        });
        return verb;
    }

    private static void Tell(
        CliContext context,
        Receipt receipt,
        TreeHasher hasher,
        TreeHead head,
        bool? isCosigned = null
    )
    {
        string root = hasher.Text(head.Root);
        context.WriteJson(() =>
        {
            JsonValue told = ReceiptText.ToJson(receipt, hasher).With("root", root);
            return isCosigned is { } quorum ? told.With("cosigned", quorum) : told;
        });
        context.Line(Tone.Good, $"{receipt.Entry.Index}");
        context.Line($"  event   {receipt.Entry.Body.Event}");
        context.Line($"  at      {receipt.Entry.RecordedAt}");
        context.Line($"  leaf    {hasher.Text(receipt.LeafHash(hasher))}");
        context.Line($"  root    {root} of {head.Size}");
        if (isCosigned is { } told)
            context.Line($"  cosigned by a quorum of witnesses, the server says: {(told ? "yes" : "not yet")}");
    }

    private static void Append(CliContext context, RemoteLedger there, OwnAppend own, string? key)
    {
        Appended done = RemoteLedger.Await(there.Client.AppendAsync(own, key, context.Cancellation));
        if (done.IsRepeat)
            context.Notice("note: it was appended before under this key");
        if (!done.IsPayloadSeen)
            context.Notice(
                "note: the server says that its payload is gone, so that it was not seen: that the entry has this payload is not shown"
            );
        Tell(context, done.Receipt.Receipt, done.Receipt.In.Hasher, done.Receipt.In.Head, done.IsCosigned);
    }

    // A token names the body that it lets in: there must be one before it can be issued.
    private static Receipt Append(LedgerWriter writer, Draft draft)
    {
        try
        {
            return writer.Append([draft])[0];
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.TokenMissing)
        {
            throw ErrorCodes.TokenMissing.Because(
                e.Message,
                ShellText.Of(
                    $"prepare it, and commit it with its token: tessraxctl tx prepare {writer.Directory.Path}, then tessraxctl tx commit --token FILE"
                )
            );
        }
    }
}
