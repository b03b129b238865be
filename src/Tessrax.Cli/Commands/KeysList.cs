using System.CommandLine;
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

/// <summary><c>keys list DIR|FILE|URL...</c>: what key files tell without their passphrases, and which keys a ledger knows.</summary>
internal static class KeysList
{
    public static Command Create(CliContext context)
    {
        Argument<string[]> paths = new("PATH|URL")
        {
            Description =
                "key files, or directories whose key files are listed (in keys/ too), or the URLs of ledgers' servers",
            Arity = ArgumentArity.OneOrMore,
        };
        var remote = new RemoteOptions();
        var verb = new Verb(
            "list",
            "Show the public facts of key files, and the keys that a ledger knows",
            "tessraxctl keys list alice.key team-keys/",
            "tessraxctl keys list https://ledger.example.com"
        )
        {
            paths,
        };
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            var unreadable = new List<string>();
            ILookup<bool, string> given = parsed.GetRequiredValue(paths).ToLookup(RemoteLedger.IsMeant);
            List<StoredKey> keys = [.. given[false].SelectMany(path => KeysAt(path, unreadable))];
            foreach (StoredKey key in keys)
                context.WriteJson(() => ToJson(key.Path, key.Info));
            if (given.Contains(false))
                ListFiles(context, keys);
            foreach (string ledger in given[false].Where(IsLedger))
                ListLedger(context, ledger);
            foreach (string url in given[true])
            {
                using RemoteLedger there = remote.Open(context, parsed, url);
                ListLedger(context, there);
            }
            foreach (string path in unreadable)
                context.Notice($"note: {path} may not be read by this user; its keys are not among the files");
            foreach (StoredKey key in keys.Where(k => k.HasLooseMode))
                context.Notice($"warning: others may read {key.Path}: chmod 600 it");
            return 0;
        });
        return verb;
    }

    /// <summary>A key's public facts.</summary>
    internal static JsonValue ToJson(string path, KeyFileInfo info) =>
        JsonValue.Object(
            ("file", path),
            ("name", info.Name),
            ("purpose", info.Purpose.ToText()),
            ("key", info.VerifierKey.Key.Id.ToString()),
            ("vkey", info.VerifierKey.ToString())
        );

    private static void ListFiles(CliContext context, List<StoredKey> keys) =>
        context.Table(
            ["FILE", "NAME", "PURPOSE", "KEY ID", "VKEY"],
            keys.Select(k =>
                new Cell[]
                {
                    k.Path,
                    k.Info.Name,
                    k.Info.Purpose.ToText(),
                    k.Info.VerifierKey.Key.Id.ToString(),
                    k.Info.VerifierKey.ToString(),
                }
            )
        );

    private static bool IsLedger(string path) => File.Exists(Path.Combine(path, LedgerDirectory.FactsFile));

    // Who may do what is in the ledger itself; the key files beside it are only this machine's.
    private static void ListLedger(CliContext context, string path)
    {
        using LedgerView view = LedgerView.Open(path, LedgerSession.Environment(context).Disk);
        IReadOnlyList<LedgerKey> known = view.Fold.State.Keys;
        foreach (LedgerKey key in known)
            context.WriteJson(() => GovernanceJson.Of(key, view.Fold.State));
        RecoveryCommitment? recovery = view.Fold.State.Recovery;
        if (recovery is not null)
            context.WriteJson(() =>
                JsonValue.Object(("ledger", view.Fold.State.Ledger.ToString()), ("recovery", recovery.ToJson()))
            );
        context.Line();
        PrintKnown(context, view.Fold.State.Origin, known);
        if (recovery is not null)
            context.Line($"recovery key: {recovery}");
    }

    private static void ListLedger(CliContext context, RemoteLedger there)
    {
        IReadOnlyList<(LedgerKey Key, JsonValue Told)> all = new RemoteKeys(there).All();
        foreach ((_, JsonValue told) in all)
            context.WriteJson(() => told);
        PrintKnown(context, Checkpoint.ParseBody(there.Checkpoint().Note.Text).Origin, all.Select(one => one.Key));
        context.Notice(RemoteKeys.Word);
    }

    private static void PrintKnown(CliContext context, string origin, IEnumerable<LedgerKey> known)
    {
        context.Line(Tone.Strong, $"keys that {origin} knows");
        context.Table(
            ["NAME", "PURPOSE", "ROLES", "SIGNS", "KEY ID"],
            known
                .OrderBy(k => k.Purpose)
                .ThenBy(k => k.Name, StringComparer.Ordinal)
                .ThenBy(k => k.From)
                .Select(k =>
                    new Cell[]
                    {
                        k.Person is { } person && person != k.Name ? $"{k.Name} ({person})" : k.Name,
                        k.Purpose.ToText(),
                        string.Join(", ", k.Roles),
                        Signs(k),
                        k.Id.ToString(),
                    }
                )
        );
    }

    private static Cell Signs(LedgerKey key)
    {
        if (key.Ending is not { } ending)
            return key.From == 0 ? "always" : FormattableString.Invariant($"from {key.From}");
        string suspect = ending.SuspectFrom is { } index ? FormattableString.Invariant($", suspect from {index}") : "";
        return new Cell(
            FormattableString.Invariant($"until {ending.Until - 1}: {ending.CauseText}{suspect}"),
            ending.SuspectFrom is null ? Tone.Dim : Tone.Bad
        );
    }

    // A file that is named must be a key file; in a directory, other files are passed over. What the ledger knows of its keys is for everybody, so it is told where the files
    // are not for everybody.
    private static List<StoredKey> KeysAt(string path, List<string> unreadable)
    {
        if (!Directory.Exists(path))
            return [KeyStore.Read(path)];
        return
        [
            .. ((string[])[path, Path.Combine(path, "keys")])
                .Where(Directory.Exists)
                .SelectMany(directory => FilesIn(directory, unreadable))
                .Order(StringComparer.Ordinal)
                .Select(file => TryRead(file, unreadable))
                .OfType<StoredKey>(),
        ];
    }

    private static string[] FilesIn(string directory, List<string> unreadable)
    {
        try
        {
            // Whoever writes a ledger holds its lock, which cannot be read meanwhile.
            return [.. Directory.GetFiles(directory).Where(file => Path.GetFileName(file) != WriterLock.FileName)];
        }
        catch (UnauthorizedAccessException)
        {
            unreadable.Add(directory);
            return [];
        }
    }

    private static StoredKey? TryRead(string file, List<string> unreadable)
    {
        try
        {
            return KeyStore.Read(file);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.BadKey)
        {
            return null;
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.NoPermission)
        {
            unreadable.Add(file);
            return null;
        }
    }
}
