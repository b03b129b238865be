using System.CommandLine;
using System.Text;
using System.Text.Json;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Ledger;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Commands;

/// <summary><c>show DIR N</c>: one receipt in full.</summary>
internal static class ShowVerb
{
    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument();
        Argument<string> index = new("N") { Description = "the entry's index, from 0" };
        var verb = new Verb("show", "Show one receipt in full", "tessraxctl show decisions 17") { directory, index };
        verb.SetAction(parsed =>
        {
            long wanted = WholeNumber.Parse(parsed.GetRequiredValue(index), "N")!.Value;
            using LedgerView view = LedgerView.Open(
                parsed.GetRequiredValue(directory),
                LedgerSession.Environment(context).Disk
            );
            Receipt receipt = view.Receipt(wanted);
            ErasedNote? erased = ErasedNote.Of(view, receipt.Entry);
            context.WriteJson(() =>
            {
                JsonValue whole = ReceiptText
                    .ToJson(receipt, view.Hasher)
                    .With("proof", JsonValue.Of(view.Prove(wanted).Select(h => JsonValue.String(h.ToBase64()))));
                return erased is null ? whole : whole.With("erased", erased.ToJson());
            });
            context.Line(Tone.Strong, $"entry {wanted} of {view.Size}: {receipt.Entry.Body.Event}");
            context.Line(ReceiptText.Summary(receipt));
            if (erased is not null)
                context.Line(Tone.Warn, erased.ToString());
            context.Line(
                $"recorded at {receipt.Entry.RecordedAt}, leaf {view.Hasher.Text(receipt.LeafHash(view.Hasher))}"
            );
            Section(context, "entry", receipt.Entry.ToJson());
            if (receipt.Payload is not null)
                Section(context, "payload", receipt.Payload.Root);
            return 0;
        });
        return verb;
    }

    private static void Section(CliContext context, string title, JsonValue value)
    {
        context.Line();
        context.Line(Tone.Strong, title);
        foreach (string line in Indent(value).Split('\n'))
            context.Line(line);
    }

    // For people only: what is hashed and signed is the canonical form, which --json prints.
    private static string Indent(JsonValue value)
    {
        using JsonDocument document = JsonDocument.Parse(value.ToCanonicalBytes());
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output, Indented))
        {
            document.WriteTo(writer);
        }
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
