using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Client;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Commands;

/// <summary><c>show DIR N</c>: one receipt in full.</summary>
internal static class ShowVerb
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument { TakesUrls = true };
        var remote = new RemoteOptions();
        Argument<string> index = new("N")
        {
            Description = "the entry's index, from 0; in a directory also its leaf hash, as sha256:HEX",
        };
        Option<bool> raw = new("--raw") { Description = "print the leaf's bytes, and nothing else" };
        Option<bool> proof = new("--proof") { Description = "show the hashes of the audit path too" };
        Option<string?> times = TimeText.Option();
        var verb = new Verb(
            "show",
            "Show one receipt in full",
            "tessraxctl show decisions 17",
            "tessraxctl show decisions 17 --raw > leaf.json",
            "tessraxctl show https://ledger.example.com 17 --trust ledger.trust.json"
        )
        {
            directory,
            index,
            raw,
            proof,
            times,
        };
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            string named = parsed.GetRequiredValue(index);
            string place = parsed.GetRequiredValue(directory);
            if (RemoteLedger.IsMeant(place))
            {
                long wanted = IndexOf(named);
                using RemoteLedger there = remote.Open(context, parsed, place);
                VerifiedReceipt given = there.Receipt(wanted);
                if (parsed.GetValue(raw))
                    context.Raw(given.Receipt.Leaf.Span);
                else
                    Show(context, there, place, given, FormOf(parsed), parsed.GetValue(proof));
                return 0;
            }
            using LedgerGlance ledger = LedgerGlance.Open(place, LedgerSession.Environment(context));
            PastNotice.Say(context, ledger.Directory.Path);
            Receipt receipt = ledger.Receipt(
                ledger.Hasher.TryParse(named, out Digest leaf) ? IndexOf(ledger, leaf) : IndexOf(named)
            );
            if (parsed.GetValue(raw))
                context.Raw(receipt.Leaf.Span);
            else
                Show(context, ledger, receipt, FormOf(parsed), parsed.GetValue(proof));
            return 0;

            TimeForm FormOf(ParseResult line) => TimeText.FormOf(line.GetValue(times), context, TimeForm.Both);
        });
        return verb;
    }

    private static long IndexOf(string named) => WholeNumber.Parse(named, "N")!.Value;

    private static long IndexOf(LedgerGlance ledger, Digest leaf)
    {
        for (long index = 0; index < ledger.Size; index++)
        {
            if (ledger.Tree.Leaf(index) == leaf)
                return index;
        }
        throw ErrorCodes.NoSuchEntry.Because($"no entry has the leaf hash {ledger.Hasher.Text(leaf)}");
    }

    private static void Show(
        CliContext context,
        RemoteLedger there,
        string place,
        VerifiedReceipt given,
        TimeForm form,
        bool showProof
    )
    {
        Receipt receipt = given.Receipt;
        TreeHasher hasher = given.In.Hasher;
        context.WriteJson(() =>
            ReceiptText
                .ToJson(receipt, hasher)
                .With("proof", JsonValue.Of(given.Proof.Select(h => JsonValue.String(h.ToBase64()))))
        );
        if (context.Json)
            return;
        if (receipt.IsErased)
            context.Notice("the server says that the payload was erased; who did it, and why, the whole ledger shows");
        string leaf = hasher.Text(given.LeafHash);
        var page = new EntryPage(place, receipt, given.In.Head.Size, leaf, KeyNames.Of(there.Receipt(0).Receipt));
        UtcTime now = UtcTime.Now(context.Time);
        context.Print(page.Make(null, time => TimeText.Show(time, now, form), given.Proof, showProof));
    }

    private static void Show(CliContext context, LedgerGlance ledger, Receipt receipt, TimeForm form, bool showProof)
    {
        // Who erased a payload is known to whoever folds the ledger.
        bool isGone = receipt.IsErased || receipt.IsLost;
        ErasedNote? erased = isGone ? ErasedNote.Of(ledger.Whole(), receipt.Entry) : null;
        Digest[] proof = ledger.Prove(receipt.Entry.Index);
        context.WriteJson(() =>
        {
            JsonValue whole = ReceiptText
                .ToJson(receipt, ledger.Hasher)
                .With("proof", JsonValue.Of(proof.Select(h => JsonValue.String(h.ToBase64()))));
            return erased is null ? whole : whole.With("erased", erased.ToJson());
        });
        if (context.Json)
            return;
        string leaf = ledger.Hasher.Text(receipt.LeafHash(ledger.Hasher));
        var page = new EntryPage(ledger.Directory.Path, receipt, ledger.Size, leaf, KeyNames.Of(ledger.Receipt(0)));
        UtcTime now = UtcTime.Now(context.Time);
        context.Print(page.Make(erased, time => TimeText.Show(time, now, form), proof, showProof));
    }
}
