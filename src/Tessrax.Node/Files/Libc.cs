using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tessrax.Node.Files;

/// <summary>The system calls that the framework does not offer. None is variadic as called here, so one declaration serves every ABI.</summary>
internal static partial class Libc
{
    public const int Eintr = 4;
    public const int LockExclusive = 2;
    public const int LockNonBlocking = 4;
    private const int LockRelease = 8;
    private const int ReadOnly = 0;
    private const int ReadWrite = 2;

    /// <summary>EWOULDBLOCK: 11 on Linux, 35 on the BSDs and macOS.</summary>
    public static int Ewouldblock => OperatingSystem.IsLinux() ? 11 : 35;

    // O_NONBLOCK.
    private static int NonBlocking => OperatingSystem.IsLinux() ? 0x800 : 4;

    // O_CLOEXEC: a child process must not inherit a lock or a segment.
    private static int CloseOnExec =>
        OperatingSystem.IsLinux() ? 0x80000
        : OperatingSystem.IsFreeBSD() ? 0x100000
        : 0x1000000;

    /// <summary>Opens an existing file or directory without the advisory lock that the framework takes on every open.</summary>
    public static SafeFileHandle Open(string path, bool write)
    {
        int descriptor = Retry(path, () => OpenRaw(path, (write ? ReadWrite : ReadOnly) | CloseOnExec));
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Opens what is there for reading without waiting for anybody, as a pipe otherwise does.</summary>
    public static SafeFileHandle OpenAtOnce(string path)
    {
        int descriptor = Retry(path, () => OpenRaw(path, ReadOnly | NonBlocking | CloseOnExec));
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>fsync, also for a directory.</summary>
    public static void Sync(SafeFileHandle handle, string path) => Retry(path, () => SyncRaw(handle));

    /// <summary>fdatasync; Linux only.</summary>
    public static void SyncData(SafeFileHandle handle, string path) => Retry(path, () => SyncDataRaw(handle));

    /// <summary>syncfs: all that was written to the file system that this is on; Linux only.</summary>
    public static void SyncFileSystem(SafeFileHandle handle, string path) =>
        Retry(path, () => SyncFileSystemRaw(handle));

    /// <summary>Takes an exclusive lock; false if another open file holds it.</summary>
    public static bool TryLock(SafeFileHandle handle, string path)
    {
        while (LockRaw(handle, LockExclusive | LockNonBlocking) < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error == Ewouldblock)
            {
                return false;
            }
            if (error != Eintr)
            {
                throw Failure(error, path);
            }
        }
        return true;
    }

    /// <summary>Frees a lock for every copy of the descriptor.</summary>
    /// <remarks>flock(2): closing is not enough while a copy lives, and a child that another thread forks has one until it execs.</remarks>
    public static void Unlock(SafeFileHandle handle) => _ = LockRaw(handle, LockRelease);

    /// <summary>Gives a file a second name; fails if that name is taken, however many try at once.</summary>
    /// <returns>False on a file system that has no hard links.</returns>
    public static bool TryLink(string from, string to)
    {
        if (LinkRaw(from, to) >= 0)
            return true;
        int error = Marshal.GetLastPInvokeError();
        // EPERM, and EOPNOTSUPP: 95 on Linux, 102 on macOS.
        return error is 1 or 95 or 102 ? false : throw Failure(error, to);
    }

    /// <summary>The bytes that a file takes on the disk: its 512-byte blocks. Linux only.</summary>
    /// <remarks>struct statx has one layout on every architecture; <c>stx_blocks</c> is its u64 at byte 48.</remarks>
    public static long AllocatedBytes(SafeFileHandle handle, string path)
    {
        const int StatxSize = 256;
        const int BlocksAt = 48;
        const int BlockLength = 512;
        const uint Blocks = 0x400;
        const int EmptyPath = 0x1000;
        byte[] status = new byte[StatxSize];
        Retry(path, () => StatRaw(handle, "", EmptyPath, Blocks, status));
        return checked((long)BitConverter.ToUInt64(status, BlocksAt) * BlockLength);
    }

    /// <summary>Whether what a name leads to is neither a file nor a directory; false if there is nothing. Linux only.</summary>
    /// <remarks><c>stx_mode</c> is the u16 at byte 28 of struct statx; its upper four bits are the type.</remarks>
    public static bool IsSpecial(string path)
    {
        const int StatxSize = 256;
        const int ModeAt = 28;
        const int TypeMask = 0xF000;
        const int Directory = 0x4000;
        const int Regular = 0x8000;
        const uint Type = 1;
        const int CurrentDirectory = -100;
        byte[] status = new byte[StatxSize];
        int result;
        do result = StatPathRaw(CurrentDirectory, path, 0, Type, status);
        while (result < 0 && Marshal.GetLastPInvokeError() == Eintr);
        return result >= 0 && (BitConverter.ToUInt16(status, ModeAt) & TypeMask) is not (Directory or Regular);
    }

    /// <summary>Why this user may not make files in a directory; null if they may.</summary>
    public static string? WhyNotWritable(string path)
    {
        const int Write = 2;
        return AccessRaw(path, Write) >= 0 ? null : Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
    }

    /// <summary>How many more files a file system has room for; null where it does not count them. 64-bit Linux only.</summary>
    /// <remarks>struct statvfs has one layout on every 64-bit architecture of Linux: eight-byte members, <c>f_files</c> at 40, <c>f_favail</c> at 56.</remarks>
    public static long? FreeFiles(string path)
    {
        const int Size = 112;
        const int FilesAt = 40;
        const int AvailableAt = 56;
        byte[] status = new byte[Size];
        if (!OperatingSystem.IsLinux() || IntPtr.Size < sizeof(long) || RoomRaw(path, status) < 0)
            return null;
        long files = BitConverter.ToInt64(status, FilesAt);
        return files > 0 ? BitConverter.ToInt64(status, AvailableAt) : null;
    }

    /// <summary>SIGSTOP: 19 on Linux, 17 on the BSDs and macOS.</summary>
    public static int SigStop => OperatingSystem.IsLinux() ? 19 : 17;

    /// <summary>SIGCONT: 18 on Linux, 19 on the BSDs and macOS.</summary>
    public static int SigContinue => OperatingSystem.IsLinux() ? 18 : 19;

    /// <summary>Sends a signal to one process. Only to a child that its parent has not waited for yet: nobody else can have its number.</summary>
    public static void Signal(int process, int signal)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(process);
        _ = SignalRaw(process, signal);
    }

    /// <summary>Gives the calling thread the lowest priority; where threads have none of their own, nothing happens.</summary>
    /// <remarks>setpriority(2): on Linux, contrary to POSIX, the value is one thread's, and 0 names the calling one. What the framework calls a thread's priority is not passed on there.</remarks>
    public static void YieldToOthers()
    {
        const int Process = 0;
        const int Lowest = 19;
        if (OperatingSystem.IsLinux())
            _ = PriorityRaw(Process, 0, Lowest);
    }

    /// <summary>Fills a buffer with bytes that nobody can guess (getrandom(2)); Linux only.</summary>
    public static void FillRandom(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int filled = (int)RandomRaw(destination, destination.Length, 0);
            if (filled >= 0)
                destination = destination[filled..];
            else if (Marshal.GetLastPInvokeError() is var error and not Eintr)
                throw Failure(error, "getrandom");
        }
    }

    private static int Retry(string path, Func<int> call)
    {
        while (true)
        {
            int result = call();
            if (result >= 0)
            {
                return result;
            }
            int error = Marshal.GetLastPInvokeError();
            if (error != Eintr)
            {
                throw Failure(error, path);
            }
        }
    }

    // The same shape as the framework's own: the errno is the HResult.
    private static IOException Failure(int error, string path) =>
        new($"{Marshal.GetPInvokeErrorMessage(error)} : '{path}'", error);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenRaw(string path, int flags);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkRaw(string from, string to);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatRaw(SafeFileHandle directory, string path, int flags, uint mask, byte[] status);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatPathRaw(int directory, string path, int flags, uint mask, byte[] status);

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AccessRaw(string path, int mode);

    [LibraryImport("libc", EntryPoint = "statvfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RoomRaw(string path, byte[] status);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int SyncRaw(SafeFileHandle handle);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int SyncDataRaw(SafeFileHandle handle);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncFileSystemRaw(SafeFileHandle handle);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int LockRaw(SafeFileHandle handle, int operation);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SignalRaw(int process, int signal);

    [LibraryImport("libc", EntryPoint = "getrandom", SetLastError = true)]
    private static partial nint RandomRaw(Span<byte> destination, nint length, uint flags);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int PriorityRaw(int which, int who, int priority);
}
