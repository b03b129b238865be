using System.CommandLine;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Keys;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Reading;
using Tessrax.Node.Snapshots;

namespace Tessrax.Cli.Ledgers;

/// <summary>How verbs reach ledgers: the node's surroundings, and writers with their keys unlocked.</summary>
internal static class LedgerSession
{
    private const string LogKeyFile = "log.key";
    private const string AuthorKeyFile = "author.key";
    private const string LaterAuthorKeys = "author-*.key";

    /// <summary>The option that names the passphrase file of the ledger's own keys.</summary>
    public static Option<string?> PassphraseOption() =>
        new("--passphrase-file")
        {
            Description =
                "holds the passphrase of the ledger's keys; otherwise $TESSRAX_PASSPHRASE, or the terminal asks",
            HelpName = "FILE",
        };

    /// <summary>The surroundings of a node run by this user: XDG base directories, as other programs use them.</summary>
    public static NodeEnvironment Environment(CliContext context) =>
        new(
            context.Time,
            context.Random,
            SystemDisk.Instance,
            UserDirectory(context, "XDG_CONFIG_HOME", ".config"),
            UserDirectory(context, "XDG_STATE_HOME", Path.Combine(".local", "state"))
        )
        {
            // A clock that somebody made up has nothing to do with the machine's.
            Uptime = context.Time == TimeProvider.System ? MachineUptime.Read : static () => null,
        };

    /// <summary>Where a ledger keeps its log key.</summary>
    public static string LogKeyOf(string ledger) => Path.Combine(LedgerDirectory.KeysOf(ledger), LogKeyFile);

    /// <summary>Where a ledger keeps its author key.</summary>
    public static string AuthorKeyOf(string ledger) => Path.Combine(LedgerDirectory.KeysOf(ledger), AuthorKeyFile);

    /// <summary>Opens a ledger for writing, and takes the steps that time has made due.</summary>
    /// <exception cref="TessraxException">TSX3001 and others of the node; TSX2001, TSX2004: the keys cannot be unlocked.</exception>
    public static LedgerWriter OpenWriter(CliContext context, string ledger, string? passphraseFile)
    {
        LedgerWriter writer = OpenWriter(context, ledger, passphraseFile, out _);
        try
        {
            TakeDue(context, writer);
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    /// <summary>The same for verbs that see to those steps themselves, or must not take any; and gives the passphrase of the ledger's keys.</summary>
    public static LedgerWriter OpenWriter(
        CliContext context,
        string ledger,
        string? passphraseFile,
        out byte[] passphrase
    )
    {
        NodeEnvironment environment = Environment(context);
        // Before any passphrase is asked for.
        LedgerDirectory.Open(ledger, environment.Disk);
        RestoreMarker.Refuse(ledger, environment.Disk);
        StoredKey log = KeyStore.Read(LogKeyOf(ledger));
        StoredKey author = AuthorKey(ledger, environment);
        passphrase = context.Passphrase($"the keys of {ledger}", passphraseFile);
        LedgerKeys keys = Unlock(log, author, passphrase);
        try
        {
            LedgerWriter writer = LedgerWriter.Open(ledger, keys, environment);
            if (writer.TornBytes > 0)
                context.Notice(
                    $"note: {Counted.Of(writer.TornBytes, "byte")} of a write that a crash cut short were dropped; it was never acknowledged"
                );
            // Nothing left to erase is nothing to tell of: only the note of it was missing, and derived files went to be made again.
            if (writer.Erased is { } erased && IsWorthTelling(erased))
                context.Notice($"note: an erasure on record was carried out now: {PayloadText.Describe(erased)}");
            return writer;
        }
        catch
        {
            keys.Dispose();
            throw;
        }
    }

    // Whoever asked for something else is told, and gets it all the same: a clock that stepped, or a step that is refused, is for its own verb to tell of.
    private static void TakeDue(CliContext context, LedgerWriter writer)
    {
        try
        {
            IReadOnlyList<Receipt> taken = new ProposalDesk(writer).TakeDue();
            if (taken.Count > 0)
                context.Notice(
                    $"note: {Counted.Of(taken.Count, "step")} that time had made due {(taken.Count == 1 ? "was" : "were")} recorded, the first at {taken[0].Entry.Index}: {taken[0].Entry.Body.Event}"
                );
        }
        catch (TessraxException e) when (e.Code.Class == ErrorClass.Refused)
        {
            context.Notice($"note: what time has made due was not recorded: {e.Code} {e.Message}");
        }
    }

    /// <summary>The files of a ledger's own keys, encrypted anew from the seed that they came from.</summary>
    /// <exception cref="TessraxException">TSX2012: the seed gives other keys.</exception>
    public static IReadOnlyList<NewKeyFile> KeyFilesOf(
        CliContext context,
        GovernanceState state,
        LedgerSeed seed,
        byte[] passphrase
    )
    {
        LedgerKey[] authors = [.. state.ActiveKeys(KeyPurpose.Author)];
        // Where there are several, the one that this seed gives.
        LedgerKey author =
            authors.FirstOrDefault(key => seed.GenerationOf(key.Purpose, key.Verifier.Key) is not null) ?? authors[0];
        byte[] logFile = [];
        byte[] authorFile = [];
        SideBySide.Run(
            () => logFile = seed.Encrypt(state.LogKey!, passphrase, context.Random),
            () => authorFile = seed.Encrypt(author, passphrase, context.Random)
        );
        return [new NewKeyFile(LogKeyFile, logFile), new NewKeyFile(AuthorKeyFile, authorFile)];
    }

    /// <summary>The files of author keys that were made for a ledger when it was founded or later, the oldest name first.</summary>
    public static IReadOnlyList<string> AuthorKeyFiles(string ledger)
    {
        string folder = LedgerDirectory.KeysOf(ledger);
        string[] later = Directory.Exists(folder) ? Directory.GetFiles(folder, LaterAuthorKeys) : [];
        return [AuthorKeyOf(ledger), .. later.Order(StringComparer.Ordinal)];
    }

    // After a rotation there are several, and the ledger says which of them may sign.
    private static bool IsWorthTelling(ErasureDone done) =>
        done.Payloads > 0 || done.Other > done.Derived || done.EvidenceFiles > 0 || done.EvidenceKept.Count > 0;

    private static StoredKey AuthorKey(string ledger, NodeEnvironment environment)
    {
        IReadOnlyList<string> files = AuthorKeyFiles(ledger);
        if (files.Count == 1)
            return KeyStore.Read(files[0]);
        using LedgerView view = LedgerView.Open(ledger, environment.Disk);
        return files
                .Where(File.Exists)
                .Select(KeyStore.Read)
                .FirstOrDefault(key =>
                    view.Fold.State.Active(key.Info.VerifierKey.Key.Id, KeyPurpose.Author) is not null
                )
            ?? throw ErrorCodes.WrongKey.Because(
                $"none of the author keys in {LedgerDirectory.KeysOf(ledger)} may sign for this ledger now",
                "put the file of an active author key there; tessraxctl keys list DIR shows which keys are active"
            );
    }

    /// <summary>Ends a session: says what could not be published.</summary>
    public static void Finish(CliContext context, LedgerWriter writer)
    {
        writer.Close();
        if (writer.Warning is { } warning)
            context.Notice($"warning {warning.Code}: {warning.Message}; the entries are durable all the same");
    }

    /// <summary>Unlocks both keys of a ledger; deriving their encryption keys is slow on purpose, so they are done side by side.</summary>
    public static LedgerKeys Unlock(StoredKey log, StoredKey author, byte[] passphrase)
    {
        PrivateKey? logKey = null;
        PrivateKey? authorKey = null;
        try
        {
            SideBySide.Run(() => logKey = log.Decrypt(passphrase), () => authorKey = author.Decrypt(passphrase));
            return new LedgerKeys(logKey!, authorKey!);
        }
        catch
        {
            logKey?.Dispose();
            authorKey?.Dispose();
            throw;
        }
    }

    private static string? UserDirectory(CliContext context, string variable, string underHome)
    {
        // XDG Base Directory: a path that is not absolute counts as unset.
        if (context.Variable(variable) is { } named && Path.IsPathRooted(named))
            return Path.Combine(named, "tessrax");
        return context.Variable("HOME") is { } home ? Path.Combine(home, underHome, "tessrax") : null;
    }
}
