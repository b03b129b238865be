using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Tessrax.Node.Files;

namespace Tessrax.Node.Segments;

/// <summary>The right to write to a ledger: an operating-system lock on <c>lock</c> in its directory.</summary>
/// <remarks>The system frees it when the process ends, however it ends. The file holds the holder's process id as decimal text and
/// LF, for people and messages only; text that a dead process left is harmless. The file is never deleted, since a lock on a
/// deleted file excludes nobody. Without flock (Windows) the file is held open so that others can only read it.</remarks>
public sealed class WriterLock : IDisposable
{
    private const string Name = "lock";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private readonly SafeFileHandle handle;

    private WriterLock(SafeFileHandle handle) => this.handle = handle;

    /// <summary>Takes the lock of the ledger in <paramref name="directory"/>, or fails at once.</summary>
    /// <exception cref="TessraxException">TSX3002 with the holder's process id if another holds it; TSX3005, 3006 or 3008.</exception>
    public static WriterLock Acquire(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return Acquire(directory, $"writes to the ledger in {directory}");
    }

    /// <summary>The same in another directory than a ledger's.</summary>
    /// <param name="directory">Where the file lies.</param>
    /// <param name="doing">What whoever holds it does, for the message.</param>
    /// <param name="hint">What helps, where the error's own hint does not.</param>
    internal static WriterLock Acquire(string directory, string doing, string? hint = null)
    {
        string path = Path.Combine(directory, Name);
        try
        {
            if (Directory.Exists(path) || (OperatingSystem.IsLinux() && Libc.IsSpecial(path)))
                throw ErrorCodes.CannotWrite.Because($"{path} is not a regular file");
            SafeFileHandle? handle = OperatingSystem.IsWindows() ? TryOpenAlone(path) : TryLock(path);
            if (handle is null)
            {
                string holder = ReadHolder(path);
                string who = holder.Length == 0 ? "another process" : $"process {holder}";
                throw ErrorCodes.Locked.Because($"{who} {doing}", hint);
            }
            return Sign(handle);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            throw DiskErrors.WhileWriting(e, path);
        }
    }

    /// <summary>The same, waiting for whoever holds it.</summary>
    /// <param name="directory">Where the file lies.</param>
    /// <param name="doing">What whoever holds it does, for the message.</param>
    /// <param name="patience">How long is waited at most; zero to fail at once.</param>
    /// <param name="clock">Measures it.</param>
    /// <exception cref="TessraxException">TSX3002: another has held it for so long; TSX3005, 3006 or 3008.</exception>
    internal static WriterLock Acquire(string directory, string doing, TimeSpan patience, TimeProvider clock)
    {
        long start = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return Acquire(directory, doing);
            }
            catch (TessraxException e) when (e.Code == ErrorCodes.Locked && clock.GetElapsedTime(start) < patience)
            {
                Task.Delay(Look, clock).GetAwaiter().GetResult();
            }
        }
    }

    /// <summary>Whether somebody ever took the lock in a directory.</summary>
    internal static bool IsIn(string directory) => File.Exists(Path.Combine(directory, Name));

    /// <summary>Frees the lock.</summary>
    public void Dispose()
    {
        if (handle.IsClosed)
            return;
        if (!OperatingSystem.IsWindows())
            Libc.Unlock(handle);
        handle.Dispose();
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

    private static WriterLock Sign(SafeFileHandle handle)
    {
        try
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n");
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

    // Digits only: the text goes into a message. Empty while the holder is about to write it.
    private static string ReadHolder(string path)
    {
        try
        {
            using SafeFileHandle handle = OperatingSystem.IsWindows()
                ? File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)
                : Libc.Open(path, write: false);
            Span<byte> text = stackalloc byte[16];
            int length = RandomAccess.Read(handle, text, 0);
            string holder = Encoding.ASCII.GetString(text[..length]).TrimEnd('\n');
            return holder.All(char.IsAsciiDigit) ? holder : "";
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            return "";
        }
    }
}
