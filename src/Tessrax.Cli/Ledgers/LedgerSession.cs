using System.CommandLine;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Keys;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Snapshots;

namespace Tessrax.Cli.Ledgers;

/// <summary>How verbs reach ledgers: the node's surroundings, and writers with their keys unlocked.</summary>
internal static class LedgerSession
{
    /// <summary>The option that names the passphrase file of the ledger's own keys.</summary>
    public static Option<string?> PassphraseOption() =>
        new("--passphrase-file")
        {
            Description =
                "holds the passphrase of the ledger's keys; otherwise $TESSRAX_PASSPHRASE, or the terminal asks",
            HelpName = "FILE",
        };

    /// <summary>The surroundings of a node run by this user.</summary>
    public static NodeEnvironment Environment(CliContext context) =>
        NodeEnvironment.OfUser(context.Variable, context.Time, context.Random, context.Logger);

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
        OwnKeys files = FindKeys(context, ledger);
        passphrase = context.Passphrase($"the keys of {ledger}", passphraseFile);
        return OpenWriter(context, ledger, files.Unlock(passphrase));
    }

    /// <summary>The same for a passphrase that is known already.</summary>
    public static LedgerWriter OpenWriter(CliContext context, string ledger, byte[] passphrase) =>
        OpenWriter(context, ledger, FindKeys(context, ledger).Unlock(passphrase));

    /// <summary>The passphrase of a ledger's keys, tried once, for who opens writers with it later.</summary>
    /// <exception cref="TessraxException">As <see cref="OpenWriter(CliContext, string, string?)"/>.</exception>
    public static byte[] UnlockOnce(CliContext context, string ledger, string? passphraseFile)
    {
        OwnKeys files = FindKeys(context, ledger);
        byte[] passphrase = context.Passphrase($"the keys of {ledger}", passphraseFile);
        files.Unlock(passphrase).Dispose();
        return passphrase;
    }

    // What can be known before any passphrase is asked for.
    private static OwnKeys FindKeys(CliContext context, string ledger)
    {
        NodeEnvironment environment = Environment(context);
        LedgerDirectory.Open(ledger, environment.Disk);
        RestoreMarker.Refuse(ledger, environment.Disk);
        return OwnKeys.Find(ledger, environment);
    }

    private static LedgerWriter OpenWriter(CliContext context, string ledger, LedgerKeys keys)
    {
        try
        {
            LedgerWriter writer = LedgerWriter.Open(ledger, keys, Environment(context));
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
            var desk = new ProposalDesk(writer);
            IReadOnlyList<Receipt> taken = desk.TakeDue();
            foreach (long proposal in desk.Withheld)
                context.Notice(
                    $"note: proposal {proposal} is approved, and is recorded where the file of the log's new key is, not here"
                );
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
        return
        [
            new NewKeyFile(Path.GetFileName(OwnKeys.FirstLogFile("")), logFile),
            new NewKeyFile(Path.GetFileName(OwnKeys.FirstAuthorFile("")), authorFile),
        ];
    }

    private static bool IsWorthTelling(ErasureDone done) =>
        done.Payloads > 0 || done.Other > done.Derived || done.EvidenceFiles > 0 || done.EvidenceKept.Count > 0;

    /// <summary>Ends a session: says what could not be published.</summary>
    public static void Finish(CliContext context, LedgerWriter writer)
    {
        writer.Close();
        if (writer.Warning is { } warning)
            context.Notice($"warning {warning.Code}: {warning.Message}; the entries are durable all the same");
        if (writer.Erased?.Left?.Hint is { } hint)
            context.Notice($"hint: {hint}");
    }
}
