using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Keys;
using Tessrax.Node.Reading;
using Tessrax.Node.Segments;

namespace Tessrax.Cli.Commands;

/// <summary><c>keys rotate DIR --finish</c>: the log's old keys sign no more, because their files are gone.</summary>
internal static class KeyFinish
{
    /// <summary>Deletes the files of keys that the log had before the present one, if that was agreed to.</summary>
    /// <exception cref="TessraxException">TSX1012: nothing is to be finished, or nobody agreed; TSX2005: the present key is not at hand; TSX3002: somebody writes to the ledger.</exception>
    public static int Run(CliContext context, string ledger, bool isAgreed)
    {
        NodeEnvironment environment = LedgerSession.Environment(context);
        LedgerDirectory.Open(ledger, environment.Disk);
        // A writer has the old key in memory and goes on signing with it.
        using WriterLock held = WriterLock.Acquire(ledger);
        GovernanceState state;
        using (LedgerView view = LedgerView.Open(ledger, environment.Disk))
            state = view.Fold.State;
        StoredKey[] files = [.. OwnKeys.LogFiles(ledger).Where(File.Exists).Select(KeyStore.Read)];
        // Without the present key, nothing could ever be signed again.
        if (!Array.Exists(files, file => file.Info.VerifierKey.Key.Id == state.LogKey!.Id))
            throw ErrorCodes.WrongKey.Because(
                $"no file in {LedgerDirectory.KeysOf(ledger)} holds the key that the log signs with now",
                "put it there first; nothing was deleted"
            );
        StoredKey[] retired =
        [
            .. files.Where(file =>
                state.Key(file.Info.VerifierKey.Key.Id) is { Purpose: KeyPurpose.Log, IsActive: false }
            ),
        ];
        if (retired.Length == 0)
            throw ErrorCodes.BadUsage.Because(
                $"there is no old log key in {LedgerDirectory.KeysOf(ledger)}",
                "--finish comes after keys rotate DIR --purpose log"
            );
        if (!isAgreed)
            throw ErrorCodes.BadUsage.Because(
                $"{string.Join(", ", retired.Select(file => file.Path))} would be deleted for ever; nothing was",
                "if whoever trusts the ledger knows its new key, say so again with --yes"
            );
        foreach (StoredKey file in retired)
            file.Delete();
        context.WriteJson(() =>
            JsonValue.Object(
                ("status", "done"),
                ("deleted", JsonValue.Of(retired.Select(file => JsonValue.String(file.Path)))),
                ("vkey", state.LogKey!.Verifier.ToString())
            )
        );
        foreach (StoredKey file in retired)
            context.Line(
                Tone.Good,
                $"deleted {file.Path}: the log signs with {state.LogKey!.Verifier} alone from the next batch on"
            );
        context.Line(
            Tone.Warn,
            "a backup made before still holds the old key: it cannot sign what this ledger takes, but a history for those who have not heard of the new one"
        );
        return 0;
    }
}
