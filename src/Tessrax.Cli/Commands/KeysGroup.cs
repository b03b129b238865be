using System.CommandLine;

namespace Tessrax.Cli.Commands;

/// <summary><c>keys</c>: key files, and the keys that a ledger knows.</summary>
internal static class KeysGroup
{
    public static Command Create(CliContext context) =>
        new Verb("keys", "Make keys, look at them, and let them come and go", "tessraxctl keys list keys/")
        {
            KeysNew.Create(context),
            KeysList.Create(context),
            KeysDerive.Create(context),
            MnemonicGroup.Create(context),
            KeysOffer.Create(context),
            KeysAdd.Create(context),
            KeysRotate.Create(context),
            KeysRevoke.Create(context),
            SharesGroup.Create(context),
            KeysReaffirm.Create(context),
            RecoverGroup.Create(context),
        };

    /// <summary><c>--passphrase-file</c>, wherever a key file is opened.</summary>
    internal static Option<string?> PassphraseFile() =>
        new("--passphrase-file")
        {
            Description = "a file with the passphrase; else $TESSRAX_PASSPHRASE, else the terminal is asked",
            HelpName = "FILE",
        };
}
