using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Reading;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Publishing;

/// <summary>What became of a trust root that was to be pinned.</summary>
public enum PinOutcome
{
    /// <summary>It is pinned now; none was.</summary>
    New,

    /// <summary>What was pinned says the same, or more.</summary>
    Unchanged,

    /// <summary>The pinned one has a later checkpoint now.</summary>
    Advanced,
}

/// <summary>Tells whether the later of two heads, which has more entries, is shown to extend the earlier one, which has one at least. Where no earlier one is pinned, whether
/// nothing speaks against the later one: a copy of the ledger that was given holds it.</summary>
public delegate bool PinProof(TreeHead? earlier, TreeHead later);

/// <summary>The trust roots that this machine's user has pinned, one file a ledger, as ssh pins hosts.</summary>
public sealed class TrustPins(NodeEnvironment environment)
{
    private const int MaxBytes = 2 * 1024 * 1024;

    /// <summary>Where a ledger's trust root is pinned; null for a user without a home.</summary>
    public string? PathOf(Digest ledger) =>
        environment.ConfigDirectory is { } config ? Path.Combine(config, "trust", ledger.ToHex() + ".json") : null;

    /// <summary>Pins a trust root; one that is pinned already stays.</summary>
    /// <returns>Whether it is new.</returns>
    /// <exception cref="TessraxException">TSX3006, TSX3008: cannot write.</exception>
    public bool Pin(TrustRoot trust)
    {
        string? path = PathOf(
            trust.Ledger ?? throw new ArgumentException("a pinned trust root names its ledger", nameof(trust))
        );
        if (path is null || environment.Disk.Exists(path))
            return false;
        string folder = Path.GetDirectoryName(path)!;
        DiskErrors.Writing(folder, () => environment.Disk.CreateDirectory(folder));
        DurableFile.Write(environment.Disk, path, trust.ToJson(), DurableFileOptions.New);
        return true;
    }

    /// <summary>Pins a trust root, or moves the one that is pinned to a later checkpoint of the same log that extends it. It never moves back, and never to another history.</summary>
    /// <param name="trust">Names its ledger.</param>
    /// <param name="proof">Asked of every checkpoint that is to be pinned, the first one too.</param>
    /// <exception cref="TessraxException">TSX5034: what is pinned stays: there is another policy in it, or a checkpoint that this one is not shown to extend; TSX2008: it cannot be
    /// read; TSX3002: another process moves a pin; TSX3005 to TSX3008: cannot write.</exception>
    public PinOutcome Advance(TrustRoot trust, PinProof proof)
    {
        ArgumentNullException.ThrowIfNull(trust);
        ArgumentNullException.ThrowIfNull(proof);
        if (trust.Ledger is not { } named)
            throw new ArgumentException("it names no ledger", nameof(trust));
        if (PathOf(named) is not { } path)
            return PinOutcome.Unchanged;
        if (!environment.Disk.Exists(path))
        {
            if (trust.Checkpoint is { } first)
                RequireShown(null, first.Head, path, proof);
            if (Pin(trust))
                return PinOutcome.New;
        }
        // Between reading and writing, another process must not move it further.
        using WriterLock held = WriterLock.Acquire(Path.GetDirectoryName(path)!, "moves a pinned trust root");
        TrustRoot pinned = Find(trust.Ledger.Value)!;
        if (!pinned.Policy.SaysSameAs(trust.Policy))
            throw ErrorCodes.PinRefused.Because(
                $"{path} names other keys, or another quorum, than the trust root given",
                "if the log changed its key, a copy of the ledger shows it: tessraxctl trust pin --update --ledger DIR; to pin something else, remove the pinned file first"
            );
        if (trust.Checkpoint is not { } later || later.Head == pinned.Checkpoint?.Head)
            return PinOutcome.Unchanged;
        RequireShown(pinned.Checkpoint?.Head, later.Head, path, proof);
        // With the comments of the one that is pinned, which tell of keys before.
        DurableFile.Write(
            environment.Disk,
            path,
            pinned.Accepting(trust.Accepted).ToJson(),
            DurableFileOptions.Replace
        );
        return PinOutcome.Advanced;
    }

    private static void RequireShown(TreeHead? pinned, TreeHead later, string path, PinProof proof)
    {
        if (pinned is { Size: > 0 } earlier)
            RequireExtends(earlier, later, path, proof);
        else if (later.Size > 0 && !proof(null, later))
            throw ErrorCodes.PinRefused.Because(
                $"the copy of the ledger that was given does not hold the checkpoint of {later.Size} entries: it is another history, or has fewer entries"
            );
    }

    private static void RequireExtends(TreeHead earlier, TreeHead later, string path, PinProof proof)
    {
        if (later.Size < earlier.Size)
            throw ErrorCodes.PinRefused.Because(
                $"the checkpoint given covers {later.Size} entries, the one pinned in {path} {earlier.Size} already"
            );
        if (later.Size == earlier.Size)
            throw ErrorCodes.PinRefused.Because(
                $"the checkpoint given and the one pinned in {path} sign two roots for {earlier.Size} entries: the log has forked"
            );
        if (!proof(earlier, later))
            throw ErrorCodes.PinRefused.Because(
                $"the checkpoint of {later.Size} entries is not shown to extend the one of {earlier.Size} that is pinned in {path}: the log has forked, or what was given to prove it is of no use"
            );
    }

    /// <summary>Whether a ledger's directory shows that one head extends another, in which nothing of it is believed; without an earlier one, whether its entries give the later one.</summary>
    /// <exception cref="TessraxException">TSX3001 and others: it is no ledger that can be opened.</exception>
    public bool IsShownBy(string directory, TreeHead? earlier, TreeHead later)
    {
        if (earlier is { } known)
            return CopyProof.Shows(LedgerDirectory.Open(directory, environment.Disk), environment.Disk, known, later)
                == true;
        using LedgerView view = LedgerView.Open(directory, environment.Disk);
        return later.Size <= view.Size && view.Tree.RootAt(later.Size) == later.Root;
    }

    /// <summary>The trust root pinned for a ledger, or null.</summary>
    /// <exception cref="TessraxException">TSX2008: the file is not a trust root.</exception>
    public TrustRoot? Find(Digest ledger)
    {
        string? path = PathOf(ledger);
        return path is not null && environment.Disk.Exists(path)
            ? TrustRoot.Parse(DurableFile.Read(environment.Disk, path, MaxBytes))
            : null;
    }

    /// <summary>The ledger, of those that are pinned, whose log has a key, or had it before the pin was moved to another; or null. A file that is no trust root tells of none.</summary>
    /// <exception cref="TessraxException">TSX3006, 3007: the pins cannot be read.</exception>
    public Digest? LedgerOf(PublicKey log)
    {
        if (environment.ConfigDirectory is not { } config)
            return null;
        string folder = Path.Combine(config, "trust");
        // The last part of a vkey, which a pin that was moved keeps in a comment.
        string text = Convert.ToBase64String([VerifierKey.Ed25519, .. log.Span]);
        foreach (string name in NamesIn(folder).Where(IsPin).Order(StringComparer.Ordinal))
        {
            byte[] file = DurableFile.Read(environment.Disk, Path.Combine(folder, name), MaxBytes);
            if (
                TryParse(file) is { Ledger: { } ledger } pinned
                && pinned.Policy.Text.Contains(text, StringComparison.Ordinal)
            )
                return ledger;
        }
        return null;
    }

    private IReadOnlyList<string> NamesIn(string folder)
    {
        try
        {
            return environment.Disk.List(folder);
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing was ever pinned.
            return [];
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            throw DiskErrors.WhileReading(e, folder);
        }
    }

    private static bool IsPin(string name) => name.EndsWith(".json", StringComparison.Ordinal);

    private static TrustRoot? TryParse(byte[] file)
    {
        try
        {
            return TrustRoot.Parse(file);
        }
        catch (TessraxException)
        {
            return null;
        }
    }
}
