using System.CommandLine;
using System.Text;
using Tessrax.Keys;
using Tessrax.Node.Keys;

namespace Tessrax.Cli.Commands;

/// <summary><c>plumbing note-sign</c>: signs a text as a C2SP note.</summary>
internal static class PlumbingNoteSign
{
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    public static Command Create(CliContext context)
    {
        Argument<string?> file = PlumbingGroup.File();
        Option<string> key = new("--key")
        {
            Description = "the signer's key file",
            HelpName = "FILE",
            Required = true,
        };
        Option<string?> passphrase = KeysGroup.PassphraseFile();
        var verb = new Verb(
            "note-sign",
            "Sign a text as a note (C2SP signed-note)",
            "tessraxctl plumbing note-sign --key alice.key statement.txt"
        )
        {
            file,
            key,
            passphrase,
        };
        verb.SetAction(parsed =>
        {
            StoredKey signer = KeyStore.Read(parsed.GetRequiredValue(key));
            string text = Decode(context.ReadInput(parsed.GetValue(file), SignedNote.MaxBytes));
            RefuseLogWork(signer.Info, text);
            byte[] secret = context.Passphrase($"the key '{signer.Info.Name}'", parsed.GetValue(passphrase));
            using PrivateKey opened = signer.Decrypt(secret);
            context.Raw(SignedNote.Sign(text, signer.Info.Name, opened).ToBytes());
        });
        return verb;
    }

    // A checkpoint that its log never made, signed with the log's key, is a second history (C2SP tlog-checkpoint); and
    // a witness signs cosignatures alone, for which its vkey has a type of its own.
    private static void RefuseLogWork(KeyFileInfo signer, string text)
    {
        if (signer.Purpose == KeyPurpose.Witness)
            throw ErrorCodes.WrongKey.Because($"'{signer.Name}' is a witness's key, which signs cosignatures only");
        if (signer.Purpose == KeyPurpose.Access)
            throw ErrorCodes.WrongKey.Because(
                $"'{signer.Name}' is an access key, which signs requests to servers only"
            );
        bool isOwnCheckpoint =
            signer.Purpose == KeyPurpose.Log
            && Checkpoint.TryParseBody(text, out Checkpoint? checkpoint)
            && checkpoint.Origin == signer.Name;
        if (isOwnCheckpoint)
            throw ErrorCodes.WrongKey.Because(
                $"a checkpoint of '{signer.Name}' is signed by the ledger itself, never by hand",
                "see tessraxctl checkpoint DIR"
            );
    }

    private static string Decode(byte[] bytes)
    {
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw ErrorCodes.BadNote.Because("the text is not UTF-8");
        }
    }
}
