using System.CommandLine;
using Tessrax.Cli.Terminal;
using Tessrax.Keys;
using Tessrax.Node.Keys;

namespace Tessrax.Cli.Commands;

/// <summary><c>keys new NAME -o FILE</c>: a new key in an encrypted file, never over an old one.</summary>
internal static class KeysNew
{
    public static Command Create(CliContext context)
    {
        Argument<string> name = new("NAME")
        {
            Description = "names the key in its vkey, for example alice@example.com",
        };
        Option<string> purpose = new("--purpose")
        {
            Description = "what the key is for, once and for ever: " + string.Join(", ", KeyPurposes.All),
            HelpName = "PURPOSE",
            DefaultValueFactory = _ => KeyPurpose.Approver.ToText(),
        };
        purpose.AcceptOnlyFromAmong([.. KeyPurposes.All]);
        Option<string> output = new("--output", "-o")
        {
            Description = "the new key file",
            HelpName = "FILE",
            Required = true,
        };
        Option<string?> passphrase = KeysGroup.PassphraseFile();
        var verb = new Verb(
            "new",
            "Make a key, encrypted under a passphrase",
            "tessraxctl keys new alice@example.com --purpose approver -o alice.key"
        )
        {
            name,
            purpose,
            output,
            passphrase,
        };
        verb.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(output);
            if (Path.Exists(path))
                throw ErrorCodes.KeyExists.Because($"{path} exists already");
            KeyFileInfo info = KeyStore.Create(
                path,
                parsed.GetRequiredValue(name),
                KeyPurposes.Parse(parsed.GetRequiredValue(purpose)),
                context.Passphrase(
                    $"the key '{parsed.GetRequiredValue(name)}'",
                    parsed.GetValue(passphrase),
                    isNew: true
                ),
                context.Random
            );
            context.WriteJson(() => KeysList.ToJson(path, info));
            context.Line(Tone.Strong, info.VerifierKey.ToString());
            context.Notice($"wrote {path}; without its passphrase the key is lost, so keep both");
            return 0;
        });
        return verb;
    }
}
