using Tessrax.Node.Segments;

namespace Tessrax.Node.Index;

/// <summary>Who may change what below <c>index/</c>. Each is a lock of the operating system, freed when its holder ends, however it ends.</summary>
/// <remarks>
/// <list type="bullet">
/// <item><c>index/build/lock</c>: who carries out a journaled operation. Long.</item>
/// <item><c>index/follow/lock</c>: who changes the generation that serves, or keeps it from being changed. A burst at most, or a copy.</item>
/// <item><c>index/lock</c>: who changes pointer or journal, or deletes a generation. Short; so an erasure never waits for an operation, which then finds out.</item>
/// </list>
/// They are taken in this order. The ledger's own lock may be held before; it is never taken after.
/// </remarks>
/// <param name="folder">The directory that they lie in, <c>index/</c>.</param>
/// <param name="files">The index, which must be the ledger's own.</param>
/// <param name="clock">Measures how long is waited.</param>
internal sealed class IndexLocks(string folder, IndexFiles files, TimeProvider clock)
{
    /// <summary>The directories that hold the locks.</summary>
    public static readonly string[] Folders = ["build", "follow"];

    // Pointer and bursts are held for moments.
    private static readonly TimeSpan Moments = TimeSpan.FromSeconds(15);

    /// <summary>Takes the right to carry out an operation.</summary>
    /// <exception cref="TessraxException">TSX3041: another process has it.</exception>
    public IDisposable Build() => Take(Path.Combine(folder, Folders[0]), TimeSpan.Zero);

    /// <summary>Takes the right to change pointer and journal.</summary>
    /// <exception cref="TessraxException">TSX3041: another process has had it for too long.</exception>
    public IDisposable Pointer() => Take(folder, Moments);

    /// <summary>Takes the right to change the generation that serves.</summary>
    /// <exception cref="TessraxException">TSX3041: another process has had it for too long.</exception>
    public IDisposable Follow() => Take(Path.Combine(folder, Folders[1]), Moments);

    /// <summary>The same; null at once if somebody has it.</summary>
    public IDisposable? TryFollow() => Try(() => Take(Path.Combine(folder, Folders[1]), TimeSpan.Zero));

    /// <summary>As <see cref="Build"/>; null at once if somebody has it.</summary>
    public IDisposable? TryBuild() => Try(Build);

    private static IDisposable? Try(Func<IDisposable> take)
    {
        try
        {
            return take();
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.IndexBusy)
        {
            return null;
        }
    }

    private WriterLock Take(string directory, TimeSpan patience)
    {
        files.RequireOwn();
        Files.DiskErrors.Writing(directory, () => Directory.CreateDirectory(directory));
        try
        {
            return WriterLock.Acquire(directory, $"works on the index in {folder}", patience, clock);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.Locked)
        {
            throw new TessraxException(ErrorCodes.IndexBusy, e.Message, null, e);
        }
    }
}
