using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Reading;
using Tessrax.Node.Wording;

namespace Tessrax.Node.Keys;

/// <summary>The key files that a ledger's own node writes with. After a rotation there are several of a purpose, and the ledger says which of them may sign: they are
/// found by their keys, not by their names.</summary>
/// <param name="Log">Holds the key that the log signs with.</param>
/// <param name="Author">Holds a key that may sign entries.</param>
/// <param name="Outgoing">Holds the log's key before, until the rotation is finished; null if there is none.</param>
/// <param name="Incoming">Hold keys that are proposed to be the log's.</param>
public sealed record OwnKeys(StoredKey Log, StoredKey Author, StoredKey? Outgoing, IReadOnlyList<StoredKey> Incoming)
{
    private const string LogKeyFile = "log.key";
    private const string AuthorKeyFile = "author.key";
    private const string LaterLogKeys = "log-*.key";
    private const string LaterAuthorKeys = "author-*.key";

    // So many hex digits of a key's id tell its file from the others.
    private const int IdDigits = 8;

    /// <summary>The first log key's file.</summary>
    public static string FirstLogFile(string ledger) => Path.Combine(LedgerDirectory.KeysOf(ledger), LogKeyFile);

    /// <summary>The first author key's file.</summary>
    public static string FirstAuthorFile(string ledger) => Path.Combine(LedgerDirectory.KeysOf(ledger), AuthorKeyFile);

    /// <summary>Where a later key is kept.</summary>
    public static string LaterFile(string ledger, KeyPurpose purpose, Digest key) =>
        Path.Combine(LedgerDirectory.KeysOf(ledger), $"{purpose.ToText()}-{key.ToHex()[..IdDigits]}.key");

    /// <summary>The files of log keys that were made for a ledger when it was founded or later, the first one first.</summary>
    public static IReadOnlyList<string> LogFiles(string ledger) =>
        [FirstLogFile(ledger), .. Later(ledger, LaterLogKeys)];

    /// <summary>The files of author keys that were made for a ledger when it was founded or later, the first one first.</summary>
    public static IReadOnlyList<string> AuthorFiles(string ledger) =>
        [FirstAuthorFile(ledger), .. Later(ledger, LaterAuthorKeys)];

    /// <summary>Finds them.</summary>
    /// <exception cref="TessraxException">TSX2005: there is no file with the key that signs now; TSX3012, 2002 and others: one cannot be read; and those of opening the ledger.</exception>
    public static OwnKeys Find(string ledger, NodeEnvironment environment)
    {
        IReadOnlyList<string> logs = LogFiles(ledger);
        IReadOnlyList<string> authors = AuthorFiles(ledger);
        // Of one ledger's keys that never changed, opening the ledger says whether they are its.
        if (logs.Count == 1 && authors.Count == 1)
            return new OwnKeys(Read(logs[0], "log"), Read(authors[0], "author"), null, []);
        using LedgerView view = LedgerView.Open(ledger, environment.Disk);
        GovernanceState state = view.Fold.State;
        StoredKey[] log = [.. Readable(logs)];
        HashSet<Digest> proposed =
        [
            .. view.Fold.Proposals.Values.SelectMany(p => KeyContent.EnteredBy(p.Proposal.Body)).Select(k => k.Id),
        ];
        return new OwnKeys(
            log.FirstOrDefault(key => IdOf(key) == state.LogKey!.Id)
                ?? throw None(ledger, "the key that the log signs with now"),
            Readable(authors).FirstOrDefault(key => state.Active(IdOf(key), KeyPurpose.Author) is not null)
                ?? throw None(ledger, "a key of an author who may sign now"),
            log.FirstOrDefault(key => LedgerWriter.MaySignBeside(key.Info.VerifierKey.Key, state)),
            [.. log.Where(key => proposed.Contains(IdOf(key)))]
        );
    }

    /// <summary>Finds the files of the keys that a recovery brings.</summary>
    /// <exception cref="TessraxException">TSX2005: there is none of its log key, or of any of its authors; TSX2002 and others: one cannot be read.</exception>
    public static OwnKeys OfRecovery(string ledger, RecoveryTerms terms)
    {
        HashSet<Digest> authors = [.. terms.Authors.Select(key => key.Id)];
        return new OwnKeys(
            Readable(LogFiles(ledger)).FirstOrDefault(key => IdOf(key) == terms.Log.Id)
                ?? throw None(ledger, "the log's key that the recovery brings"),
            Readable(AuthorFiles(ledger)).FirstOrDefault(key => authors.Contains(IdOf(key)))
                ?? throw None(ledger, "an author's key that the recovery brings"),
            null,
            []
        );
    }

    /// <summary>Unlocks them all.</summary>
    /// <exception cref="TessraxException">TSX2001: the passphrase does not open one.</exception>
    public LedgerKeys Unlock(byte[] passphrase)
    {
        StoredKey[] files = [Log, Author, .. Incoming];
        if (Outgoing is not null)
            files = [.. files, Outgoing];
        var keys = new PrivateKey?[files.Length];
        try
        {
            // Deriving their encryption keys is slow on purpose; two side by side take as long as one, and no more memory than two.
            for (int i = 0; i < files.Length; i += 2)
            {
                int at = i;
                SideBySide.Run(() => Open(at), () => Open(at + 1));
            }
            return new LedgerKeys(keys[0]!, keys[1]!, Outgoing is null ? null : keys[^1]!)
            {
                Incoming = [.. keys.Skip(2).Take(Incoming.Count).OfType<PrivateKey>()],
            };
        }
        catch
        {
            foreach (PrivateKey? key in keys)
                key?.Dispose();
            throw;
        }

        void Open(int i)
        {
            if (i < files.Length)
                keys[i] = files[i].Decrypt(passphrase);
        }
    }

    private static StoredKey Read(string file, string purpose)
    {
        try
        {
            return KeyStore.Read(file);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.NoSuchFile)
        {
            throw new TessraxException(
                ErrorCodes.NoSuchFile,
                $"the {purpose}'s key of this ledger is not here: {file} does not exist; without it the ledger can be read, and nothing can be appended",
                "put the ledger's keys directory back from a backup (tessraxctl restore BACKUP DIR, then its keys/), or write where the keys are: a key cannot be made again",
                e
            );
        }
    }

    private static string[] Later(string ledger, string pattern)
    {
        string folder = LedgerDirectory.KeysOf(ledger);
        return Directory.Exists(folder)
            ? [.. DiskErrors.Reading(folder, () => Directory.GetFiles(folder, pattern)).Order(StringComparer.Ordinal)]
            : [];
    }

    /// <summary>Those of some files that are there and whole. A damaged file of a key that is not needed keeps nobody from using the others.</summary>
    public static IEnumerable<StoredKey> Readable(IEnumerable<string> files) =>
        files.Where(File.Exists).Select(TryRead).OfType<StoredKey>();

    private static StoredKey? TryRead(string file)
    {
        try
        {
            return KeyStore.Read(file);
        }
        catch (TessraxException)
        {
            return null; // whoever needs the key in it is told that no file holds it
        }
    }

    private static Digest IdOf(StoredKey key) => key.Info.VerifierKey.Key.Id;

    private static TessraxException None(string ledger, string what) =>
        ErrorCodes.WrongKey.Because(
            $"no file in {LedgerDirectory.KeysOf(ledger)} holds {what}",
            ShellText.Of($"put it there; tessraxctl keys list {ledger} shows which keys are active")
        );
}
