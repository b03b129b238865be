using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Keys;

namespace Tessrax.Cli.Ledgers;

/// <summary>The key files of a ledger that is to follow another: made once, found again by every later run.</summary>
internal static class SuccessorKeys
{
    /// <summary>Makes what is missing, durably, then unlocks both.</summary>
    /// <exception cref="TessraxException">TSX2001: the passphrase does not open them; TSX2005: a key file for another origin or purpose;
    /// TSX3005 to TSX3009: cannot write.</exception>
    public static LedgerKeys Open(
        CliContext context,
        NodeEnvironment environment,
        string directory,
        string origin,
        byte[] passphrase
    )
    {
        string folder = LedgerDirectory.KeysOf(directory);
        if (!Directory.Exists(folder))
            DiskErrors.Writing(folder, () => LedgerFounder.CreatePrivate(folder));
        SideBySide.Run(
            () => Make(context, LedgerSession.LogKeyOf(directory), origin, KeyPurpose.Log, passphrase),
            () =>
                Make(
                    context,
                    LedgerSession.AuthorKeyOf(directory),
                    LedgerFounder.AuthorName,
                    KeyPurpose.Author,
                    passphrase
                )
        );
        // The keys must outlive a crash before anything names them.
        DiskErrors.Writing(directory, () => environment.Disk.SyncDirectory(directory));
        return LedgerSession.Unlock(
            Read(LedgerSession.LogKeyOf(directory), origin, KeyPurpose.Log),
            Read(LedgerSession.AuthorKeyOf(directory), LedgerFounder.AuthorName, KeyPurpose.Author),
            passphrase
        );
    }

    private static void Make(CliContext context, string file, string name, KeyPurpose purpose, byte[] passphrase)
    {
        if (!File.Exists(file))
            KeyStore.Create(file, name, purpose, passphrase, context.Random);
    }

    private static StoredKey Read(string file, string name, KeyPurpose purpose)
    {
        StoredKey stored = KeyStore.Read(file);
        return stored.Info.Name == name && stored.Info.Purpose == purpose
            ? stored
            : throw ErrorCodes.WrongKey.Because(
                $"{file} holds the key '{stored.Info.Name}' for the purpose {stored.Info.Purpose.ToText()}, not '{name}' for {purpose.ToText()}"
            );
    }
}
