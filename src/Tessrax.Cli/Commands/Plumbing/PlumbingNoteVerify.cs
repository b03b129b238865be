using System.CommandLine;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Keys;

namespace Tessrax.Cli.Commands;

/// <summary><c>plumbing note-verify</c>: checks a C2SP signed note and prints its text.</summary>
internal static class PlumbingNoteVerify
{
    public static Command Create(CliContext context)
    {
        Argument<string?> file = PlumbingGroup.File();
        Option<string> key = new("--key")
        {
            Description = "the signer's vkey, as name+8 hex digits+base64",
            HelpName = "VKEY",
            Required = true,
        };
        var verb = new Verb(
            "note-verify",
            "Check a signed note (C2SP signed-note) and print its text",
            "tessraxctl plumbing note-verify --key $VKEY checkpoint"
        )
        {
            file,
            key,
        };
        verb.SetAction(parsed =>
        {
            var signer = VerifierKey.Parse(parsed.GetRequiredValue(key));
            // One byte more than a note may have is enough to see that it has too many.
            byte[] bytes = context.ReadUpTo(parsed.GetValue(file), SignedNote.MaxBytes + 1);
            bool holds =
                SignedNote.TryParse(bytes, out SignedNote? note, out string reason)
                && note.Verify([signer], out _, out reason);
            if (!holds)
            {
                context.WriteJson(() => JsonValue.Object(("holds", false)));
                return context.Refute(ErrorCodes.NoteRefused.Because(reason));
            }
            if (context.Json)
                context.WriteJson(() => JsonValue.Object(("holds", true), ("text", note!.Text)));
            else
                context.Raw(Encoding.UTF8.GetBytes(note!.Text));
            return 0;
        });
        return verb;
    }
}
