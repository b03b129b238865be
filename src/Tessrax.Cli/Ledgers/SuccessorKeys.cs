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
        byte[] passphrase,
        LedgerSeed? seed
    )
    {
        string folder = LedgerDirectory.KeysOf(directory);
        if (!Directory.Exists(folder))
            DiskErrors.Writing(folder, () => LedgerFounder.CreatePrivate(folder));
        SideBySide.Run(
            () => Make(context, OwnKeys.FirstLogFile(directory), origin, KeyPurpose.Log, passphrase, seed),
            () =>
                Make(
                    context,
                    OwnKeys.FirstAuthorFile(directory),
                    LedgerFounder.AuthorName,
                    KeyPurpose.Author,
                    passphrase,
                    seed
                )
        );
        // The keys must outlive a crash before anything names them.
        DiskErrors.Writing(directory, () => environment.Disk.SyncDirectory(directory));
        return new OwnKeys(
            Read(OwnKeys.FirstLogFile(directory), origin, KeyPurpose.Log),
            Read(OwnKeys.FirstAuthorFile(directory), LedgerFounder.AuthorName, KeyPurpose.Author),
            null,
            []
        ).Unlock(passphrase);
    }

    private static void Make(
        CliContext context,
        string file,
        string name,
        KeyPurpose purpose,
        byte[] passphrase,
        LedgerSeed? seed
    )
    {
        if (!File.Exists(file))
            LedgerFounder.MakeKey(context, file, name, purpose, passphrase, seed);
        else if (seed?.GenerationOf(purpose, KeyStore.Read(file).Info.VerifierKey.Key) is null && seed is not null)
            throw ErrorCodes.OtherSeed.Because(
                $"{file} was made by an earlier run, and not from this mnemonic and this number of the ledger"
            );
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
