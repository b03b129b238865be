using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Tessrax.Node.Files;

namespace Tessrax.Node.Segments;

/// <summary>The right to write to a ledger: an operating-system lock on <c>lock</c> in its directory.</summary>
/// <remarks>The system frees it when the process ends, however it ends. The file holds the holder's process id as decimal text and
/// LF, for people and messages only, and before LF a space and <c>pull</c> if it only takes over batches from a database; text that a dead process left is harmless. The file is never deleted, since a lock on a
/// deleted file excludes nobody. Without flock (Windows) the file is held open so that others can only read it.</remarks>
public sealed class WriterLock : IDisposable
{
    /// <summary>The file's name.</summary>
    public const string FileName = "lock";

    private const string Pulling = " pull";
    private static readonly TimeSpan PullPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan NamePatience = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private readonly SafeFileHandle handle;

    private WriterLock(SafeFileHandle handle) => this.handle = handle;

    /// <summary>Takes the lock of the ledger in <paramref name="directory"/>, or fails at once. Whoever only takes over batches from a database holds it for moments, and is waited for.</summary>
    /// <exception cref="TessraxException">TSX3002 with the holder's process id if another holds it; TSX3005, 3006 or 3008.</exception>
    public static WriterLock Acquire(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return AcquireOfLedger(directory, pulls: false);
    }

    /// <summary>The same for a moment, to take over batches from a database: writers wait for that.</summary>
    internal static WriterLock AcquireToPull(string directory) => AcquireOfLedger(directory, pulls: true);

    /// <summary>The same in another directory than a ledger's.</summary>
    /// <param name="directory">Where the file lies.</param>
    /// <param name="doing">What whoever holds it does, for the message.</param>
    /// <param name="hint">What helps, where the error's own hint does not.</param>
    internal static WriterLock Acquire(string directory, string doing, string? hint = null) =>
        TryAcquire(directory, pulls: false) ?? throw HolderOf(directory).Refuses(doing, hint);

    /// <summary>The same, waiting for whoever holds it.</summary>
    /// <param name="directory">Where the file lies.</param>
    /// <param name="doing">What whoever holds it does, for the message.</param>
    /// <param name="patience">How long is waited at most; zero to fail at once.</param>
    /// <param name="clock">Measures it.</param>
    /// <exception cref="TessraxException">TSX3002: another has held it for so long; TSX3005, 3006 or 3008.</exception>
    internal static WriterLock Acquire(string directory, string doing, TimeSpan patience, TimeProvider clock) =>
        Wait(directory, pulls: false, _ => patience, _ => doing, clock);

    /// <summary>Whether somebody ever took the lock in a directory.</summary>
    internal static bool IsIn(string directory) => File.Exists(Path.Combine(directory, FileName));

    /// <summary>Frees the lock.</summary>
    public void Dispose()
    {
        if (handle.IsClosed)
            return;
        if (!OperatingSystem.IsWindows())
            Libc.Unlock(handle);
        handle.Dispose();
    }

    // Another process goes on by the machine's time, whatever clock this one was given.
    private static WriterLock AcquireOfLedger(string directory, bool pulls) =>
        Wait(
            directory,
            pulls,
            holder => holder.Patience,
            holder =>
                holder.Pulls
                    ? $"takes over from a database what the ledger in {directory} lacks"
                    : $"writes to the ledger in {directory}",
            TimeProvider.System
        );

    private static WriterLock Wait(
        string directory,
        bool pulls,
        Func<Holder, TimeSpan> patience,
        Func<Holder, string> doing,
        TimeProvider clock
    )
    {
        long start = clock.GetTimestamp();
        while (true)
        {
            if (TryAcquire(directory, pulls) is { } held)
                return held;
            Holder holder = HolderOf(directory);
            if (clock.GetElapsedTime(start) >= patience(holder))
                throw holder.Refuses(doing(holder), null);
            Task.Delay(Look, clock).GetAwaiter().GetResult();
        }
    }

    // Null if another holds it.
    private static WriterLock? TryAcquire(string directory, bool pulls)
    {
        string path = Path.Combine(directory, FileName);
        try
        {
            if (Directory.Exists(path) || (OperatingSystem.IsLinux() && Libc.IsSpecial(path)))
                throw ErrorCodes.CannotWrite.Because($"{path} is not a regular file");
            SafeFileHandle? handle = OperatingSystem.IsWindows() ? TryOpenAlone(path) : TryLock(path);
            return handle is null ? null : Sign(handle, pulls);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            throw DiskErrors.WhileWriting(e, path);
        }
    }

    private static SafeFileHandle? TryLock(string path)
    {
        // The framework's own open takes a shared flock, which would fight with ours: it only makes the file.
        if (!File.Exists(path))
        {
            Create(path);
        }
        SafeFileHandle handle = Libc.Open(path, write: true);
        try
        {
            if (Libc.TryLock(handle, path))
            {
                return handle;
            }
        }
        catch (IOException)
        {
            handle.Dispose();
            throw;
        }
        handle.Dispose();
        return null;
    }

    private static void Create(string path)
    {
        try
        {
            File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite).Dispose();
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process made it in between; the lock decides.
        }
    }

    private static SafeFileHandle? TryOpenAlone(string path)
    {
        const int sharingViolation = 32;
        try
        {
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        }
        catch (IOException e) when ((e.HResult & 0xFFFF) == sharingViolation)
        {
            return null;
        }
    }

    private static WriterLock Sign(SafeFileHandle handle, bool pulls)
    {
        try
        {
            string text = string.Create(
                CultureInfo.InvariantCulture,
                $"{Environment.ProcessId}{(pulls ? Pulling : "")}\n"
            );
            RandomAccess.SetLength(handle, 0);
            RandomAccess.Write(handle, Encoding.ASCII.GetBytes(text), 0);
            return new WriterLock(handle);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            handle.Dispose();
            throw;
        }
    }

    // Digits, and a word that we know: the text goes into a message. Empty while the holder is about to write it.
    private static Holder HolderOf(string directory)
    {
        string path = Path.Combine(directory, FileName);
        try
        {
            using SafeFileHandle handle = OperatingSystem.IsWindows()
                ? File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)
                : Libc.Open(path, write: false);
            Span<byte> bytes = stackalloc byte[32];
            int length = RandomAccess.Read(handle, bytes, 0);
            string text = Encoding.ASCII.GetString(bytes[..length]).TrimEnd('\n');
            bool pulls = text.EndsWith(Pulling, StringComparison.Ordinal);
            string process = pulls ? text[..^Pulling.Length] : text;
            return process.All(char.IsAsciiDigit) ? new Holder(process, pulls) : new Holder("", false);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            return new Holder("", false);
        }
    }

    private readonly record struct Holder(string Process, bool Pulls)
    {
        /// <summary>How long this one is waited for. One that did not say yet who it is will in a moment.</summary>
        public TimeSpan Patience =>
            Pulls ? PullPatience
            : Process.Length == 0 ? NamePatience
            : TimeSpan.Zero;

        public TessraxException Refuses(string doing, string? hint)
        {
            string who = Process.Length == 0 ? "another process" : $"process {Process}";
            return ErrorCodes.Locked.Because($"{who} {doing}", hint);
        }
    }
}
