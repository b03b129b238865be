using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Node;
using Tessrax.Node.Logging;
using Tessrax.Node.Serving;

namespace Tessrax.Server.Access;

/// <summary>The keys that count now: the access file, read again when it changes.</summary>
/// <remarks>
/// A file that cannot be used lets nobody in: whoever took a key's roles away must not find that they count still. Until it is mended it is read each second, whatever mends it.
/// </remarks>
internal sealed class AccessList
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly string path;
    private readonly NodeEnvironment environment;
    private readonly ServedLedger ledger;
    private readonly Lock looking = new();
    private (DateTime Written, DateTime Made, long Length, UnixFileMode Mode)? seen;
    private AccessFile current = AccessFile.Empty;
    private TessraxException? fault;
    private long lookedAt;
    private Task comparing = Task.CompletedTask;

    /// <param name="path">The file; without one nobody has a key.</param>
    /// <param name="ledger">Whose keys must be others.</param>
    /// <param name="environment">Clock and log.</param>
    /// <exception cref="TessraxException">TSX6000: the file that is there cannot be used.</exception>
    public AccessList(string path, ServedLedger ledger, NodeEnvironment environment)
    {
        (this.path, this.ledger, this.environment) = (path, ledger, environment);
        seen = State();
        try
        {
            current = Read();
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.AccessFileRefused)
        {
            throw Named(e);
        }
        lookedAt = environment.Clock.GetTimestamp();
    }

    /// <summary>A key that counts now; null if there is none of that id.</summary>
    public AccessKey? Find(Digest key)
    {
        Refresh();
        return current.Find(key, UtcTime.Now(environment.Clock));
    }

    /// <summary>The same, where a request rests on it.</summary>
    /// <param name="key">Its id.</param>
    /// <param name="isShown">Whether the request was made with it: whoever only knows its id learns nothing of it.</param>
    /// <exception cref="TessraxException">TSX6013: there is none, or its time is over.</exception>
    public AccessKey Require(Digest key, Func<AccessKey, bool> isShown)
    {
        Refresh();
        UtcTime now = UtcTime.Now(environment.Clock);
        AccessFile file = current;
        if (file.Find(key, now) is { } found)
            return found;
        throw file.Find(key) is { Until: { } until } ended && isShown(ended)
            ? ErrorCodes.UnknownAccessKey.Because(
                $"the time of the key {ended.Name} ended at {until}",
                "ask whoever runs the server to give it a later \"until\" in its access file"
            )
            : ErrorCodes.UnknownAccessKey.Because($"the access file names no key {key} that counts now");
    }

    /// <summary>The file.</summary>
    public string Path => path;

    /// <summary>Why nobody's key counts now, without the file's place; null while the file can be used, or there is none.</summary>
    public TessraxException? Fault
    {
        get
        {
            Refresh();
            return Volatile.Read(ref fault);
        }
    }

    /// <summary>The same with the file's place, for whoever runs the server.</summary>
    public TessraxException Named(TessraxException reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        string system = reason.InnerException is IOException or UnauthorizedAccessException
            ? $" ({reason.InnerException.Message})"
            : "";
        return new TessraxException(reason.Code, $"{path}: {reason.Message}{system}", reason.Hint, reason);
    }

    /// <summary>Reads the file again if it has changed.</summary>
    private void Refresh()
    {
        lock (looking)
        {
            if (environment.Clock.GetElapsedTime(lookedAt) < Look)
                return;
            lookedAt = environment.Clock.GetTimestamp();
            if (State() is var now && now == seen && fault is null)
            {
                // On its own: whoever folds a long ledger at this moment is not to hold up those who show a key.
                if (current.Keys.Count > 0 && comparing.IsCompleted)
                    comparing = Task.Run(() => Compare(current));
                return;
            }
            try
            {
                current = Read();
                fault = null;
                environment.Logger.AccessRead(path, current.Keys.Count);
            }
            catch (TessraxException e)
            {
                Refuse(e);
            }
            seen = now;
        }
    }

    // The ledger may learn a key after the file was read.
    private void Compare(AccessFile file)
    {
        try
        {
            RequireOthers(file);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.AccessFileRefused)
        {
            lock (looking)
            {
                if (ReferenceEquals(current, file))
                    Refuse(e);
            }
        }
        catch (Exception e) when (e is TessraxException or ObjectDisposedException)
        {
            // The ledger cannot be read now: whoever reads it is told, and the next look comes in a second.
        }
    }

    // Under the lock.
    private void Refuse(TessraxException reason)
    {
        if (fault?.Message != reason.Message)
            environment.Logger.AccessFails(path, reason.Message, reason.Code);
        (current, fault) = (AccessFile.Empty, reason);
    }

    // A file that another takes the place of was made at another time, however much alike they are.
    private (DateTime, DateTime, long, UnixFileMode)? State()
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.LastWriteTimeUtc, file.CreationTimeUtc, file.Length, file.UnixFileMode) : null;
    }

    private AccessFile Read()
    {
        try
        {
            if (!File.Exists(path))
                return AccessFile.Empty;
            if (
                !OperatingSystem.IsWindows()
                && (File.GetUnixFileMode(path) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0
            )
                throw ErrorCodes.AccessFileRefused.Because(
                    "others may write to it, and so give themselves any role",
                    "take the right to write it from group and others: chmod go-w FILE"
                );
            byte[] bytes = ReadUpTo(AccessFile.MaxBytes);
            AccessFile read = AccessFile.Parse(bytes);
            RequireOthers(read);
            return read;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TessraxException(ErrorCodes.AccessFileRefused, "it cannot be read", inner: e);
        }
    }

    private byte[] ReadUpTo(int most)
    {
        using FileStream file = File.OpenRead(path);
        if (file.Length > most)
            throw ErrorCodes.AccessFileRefused.Because($"it has more than {most} bytes");
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    // One key, one purpose: a request must never be mistaken for a verdict or an entry.
    private void RequireOthers(AccessFile read)
    {
        AccessKey? known = read.Keys.FirstOrDefault(key => ledger.Knows(key.Key.Id));
        if (known is not null)
            throw ErrorCodes.AccessFileRefused.Because(
                $"the key {known.Name} is one that the ledger knows for another purpose",
                "make a key of its own for it: tessraxctl keys new NAME --purpose access"
            );
    }
}
