using Tessrax.Node.Files;

namespace Tessrax.Node.Tests.Files;

/// <summary>The process or the machine died at this step.</summary>
internal sealed class SimulatedCrash() : Exception("simulated crash");

/// <summary>How a step fails.</summary>
internal enum Fault
{
    /// <summary>EIO, and nothing happened; a failed sync also forgets what it should have written, as Linux does.</summary>
    Lost,

    /// <summary>EIO, and yet it happened.</summary>
    Landed,

    /// <summary>ENOSPC, and nothing happened.</summary>
    NoSpace,

    /// <summary>ENOSPC after half of the bytes.</summary>
    ShortWrite,

    /// <summary>The end of the process, with the step done or not.</summary>
    Crash,
}

/// <summary>A disk in memory with a page cache, whose n-th step fails. What was not synced is lost by <see cref="AfterPowerLoss"/>,
/// or kept in part: sectors of 512 bytes in any choice, names of a directory up to any point.</summary>
internal sealed class FaultyDisk : IDisk
{
    public const int Sector = 512;
    private const int Eio = 5;
    private const int Eexist = 17;
    private const int Enospc = 28;
    private readonly Dictionary<string, Inode> names = [];
    private readonly Dictionary<string, Inode> durableNames = [];
    private readonly List<(string Directory, Action<Dictionary<string, Inode>> Change)> pendingNames = [];
    private readonly HashSet<string> directories = [];
    private readonly Random random;
    private int failAt = -1;
    private Fault fault;
    private bool crashed;

    public FaultyDisk(int seed = 1) => random = Seeded(seed);

    public int Steps { get; private set; }

    /// <summary>The paths of all files.</summary>
    public IEnumerable<string> Names => names.Keys;

    public bool Fired { get; private set; }

    /// <summary>Lets step <paramref name="step"/> (from 1) fail.</summary>
    public void FailAt(int step, Fault how) => (failAt, fault) = (step, how);

    /// <summary>The same disk and cache, after the process was killed and started again.</summary>
    public FaultyDisk AfterKill() => Copy(names, static inode => inode.Copy());

    /// <summary>What the disk holds after the power came back.</summary>
    public FaultyDisk AfterPowerLoss(int seed)
    {
        Random choice = Seeded(seed);
        var kept = new Dictionary<string, Inode>(durableNames);
        foreach (
            IGrouping<string, (string, Action<Dictionary<string, Inode>> Change)> group in pendingNames.GroupBy(p =>
                p.Directory
            )
        )
        {
            foreach ((string _, Action<Dictionary<string, Inode>> change) in group.Take(choice.Next(group.Count() + 1)))
            {
                change(kept);
            }
        }
        return Copy(kept, inode => inode.AfterPowerLoss(choice));
    }

    /// <summary>The bytes of a file; the array may be changed in place.</summary>
    public byte[] this[string path]
    {
        get => names[path].Cached;
        set => names[path] = new Inode { Cached = value, Durable = (byte[])value.Clone() };
    }

    public void Remove(string path) => names.Remove(path);

    /// <summary>Takes a directory away with all that is in it.</summary>
    public void Unmount(string directory)
    {
        foreach (string path in names.Keys.Where(path => Path.GetDirectoryName(path) == directory).ToList())
            names.Remove(path);
        directories.Remove(directory);
    }

    public IDiskFile Open(string path, DiskAccess access, UnixFileMode? mode = null)
    {
        if (access != DiskAccess.Create)
        {
            ThrowIfCrashed();
            return names.TryGetValue(path, out Inode? found)
                ? new OpenFile(this, found)
                : throw new FileNotFoundException("no such file", path);
        }
        if (names.ContainsKey(path))
        {
            throw new IOException("exists", Eexist);
        }
        var made = new Inode();
        Step(() => Change(path, all => all[path] = made));
        return new OpenFile(this, made);
    }

    public bool Exists(string path)
    {
        ThrowIfCrashed();
        return names.ContainsKey(path);
    }

    public IReadOnlyList<string> List(string directory)
    {
        ThrowIfCrashed();
        return directories.Contains(directory)
            ?
            [
                .. names
                    .Keys.Where(path => Path.GetDirectoryName(path) == directory)
                    .Select(path => Path.GetFileName(path)),
            ]
            : throw new DirectoryNotFoundException(directory);
    }

    public void CreateDirectory(string path) => Step(() => directories.Add(path));

    public void Rename(string from, string to, bool overwrite)
    {
        if (!overwrite && names.ContainsKey(to))
        {
            throw new IOException("exists", Eexist);
        }
        Inode moved = names[from];
        Step(() =>
            Change(
                to,
                all =>
                {
                    all.Remove(from);
                    all[to] = moved;
                }
            )
        );
    }

    public void Delete(string path)
    {
        ThrowIfCrashed();
        if (names.ContainsKey(path))
        {
            Step(() => Change(path, all => all.Remove(path)));
        }
    }

    public void RenameDirectory(string from, string to)
    {
        if (names.Keys.Any(path => IsIn(path, to)))
        {
            throw new IOException("exists", Eexist);
        }
        Step(() =>
        {
            Change(to, all => Move(all, from, to));
            foreach (string directory in directories.Where(d => d == from || IsIn(d, from)).ToList())
            {
                directories.Remove(directory);
                directories.Add(to + directory[from.Length..]);
            }
        });
    }

    public void DeleteDirectory(string path)
    {
        ThrowIfCrashed();
        foreach (string file in names.Keys.Where(p => IsIn(p, path)).ToList())
        {
            Delete(file);
        }
        Step(() => directories.RemoveWhere(d => d == path || IsIn(d, path)));
    }

    public void SyncDirectory(string path) =>
        Step(() =>
        {
            foreach ((string directory, Action<Dictionary<string, Inode>> change) in pendingNames)
            {
                if (directory == path)
                {
                    change(durableNames);
                }
            }
            pendingNames.RemoveAll(pending => pending.Directory == path);
        });

    private static bool IsIn(string path, string directory) =>
        path.StartsWith(directory + "/", StringComparison.Ordinal);

    private static void Move(Dictionary<string, Inode> all, string from, string to)
    {
        foreach (string path in all.Keys.Where(p => IsIn(p, from)).ToList())
        {
            all[to + path[from.Length..]] = all[path];
            all.Remove(path);
        }
    }

    public void SyncTree(string directory) =>
        Step(() =>
        {
            string prefix = directory + Path.DirectorySeparatorChar;
            foreach ((string path, Inode inode) in names)
            {
                if (path.StartsWith(prefix, StringComparison.Ordinal))
                    inode.Sync();
            }
            bool IsBelow(string place) => place == directory || place.StartsWith(prefix, StringComparison.Ordinal);
            foreach ((string place, Action<Dictionary<string, Inode>> change) in pendingNames)
            {
                if (IsBelow(place))
                    change(durableNames);
            }
            pendingNames.RemoveAll(pending => IsBelow(pending.Directory));
        });

    private void Change(string path, Action<Dictionary<string, Inode>> change)
    {
        change(names);
        pendingNames.Add((Path.GetDirectoryName(path)!, change));
    }

    // A reader beside the writer takes steps, too: it makes durable what it has seen.
    private readonly Lock stepping = new();

    private void Step(Action effect, Action? half = null, Action? lost = null)
    {
        lock (stepping)
            TakeStep(effect, half, lost);
    }

    private void TakeStep(Action effect, Action? half, Action? lost)
    {
        ThrowIfCrashed();
        Steps++;
        if (Steps != failAt)
        {
            effect();
            return;
        }
        Fired = true;
        switch (fault)
        {
            case Fault.Lost:
                lost?.Invoke();
                throw new IOException("input/output error", Eio);
            case Fault.Landed:
                effect();
                throw new IOException("input/output error", Eio);
            case Fault.NoSpace:
                throw new IOException("no space", Enospc);
            case Fault.ShortWrite:
                half?.Invoke();
                throw new IOException("no space", Enospc);
            default:
                crashed = true;
                (
                    random.Next(3) switch
                    {
                        0 => effect,
                        1 => half,
                        _ => null,
                    }
                )?.Invoke();
                throw new SimulatedCrash();
        }
    }

    // Neighbouring seeds would begin alike.
    private static Random Seeded(int seed) => new(unchecked((int)((uint)seed * 2654435761u)));

    private void ThrowIfCrashed()
    {
        if (crashed)
        {
            throw new SimulatedCrash();
        }
    }

    private FaultyDisk Copy(Dictionary<string, Inode> from, Func<Inode, Inode> copy)
    {
        var disk = new FaultyDisk(random.Next());
        var copies = new Dictionary<Inode, Inode>();
        Inode Once(Inode inode) => copies.TryGetValue(inode, out Inode? c) ? c : copies[inode] = copy(inode);
        foreach ((string path, Inode inode) in from)
        {
            disk.names[path] = Once(inode);
        }
        // After a kill, the cache still knows which names are not durable: the safest reading is none that are new.
        foreach ((string path, Inode inode) in durableNames)
        {
            disk.durableNames[path] = Once(inode);
        }
        foreach ((string directory, Action<Dictionary<string, Inode>> _) in pendingNames.DistinctBy(p => p.Directory))
        {
            disk.pendingNames.Add((directory, all => Restore(all, disk.names, directory)));
        }
        if (from != names)
        {
            disk.durableNames.Clear();
            disk.pendingNames.Clear();
            Restore(disk.durableNames, disk.names, null);
        }
        disk.directories.UnionWith(directories);
        return disk;
    }

    private static void Restore(Dictionary<string, Inode> to, Dictionary<string, Inode> names, string? directory)
    {
        foreach (
            (string path, Inode inode) in names.Where(n =>
                directory is null || Path.GetDirectoryName(n.Key) == directory
            )
        )
        {
            to[path] = inode;
        }
    }

    private sealed class Inode
    {
        public byte[] Cached = [];
        public byte[] Durable = [];
        public readonly List<(long At, byte[] Bytes)> Pending = [];

        public Inode Copy()
        {
            var copy = new Inode { Cached = (byte[])Cached.Clone(), Durable = (byte[])Durable.Clone() };
            copy.Pending.AddRange(Pending);
            return copy;
        }

        public Inode AfterPowerLoss(Random choice)
        {
            byte[] bytes = (byte[])Durable.Clone();
            int mood = choice.Next(3);
            foreach ((long at, byte[] written) in Pending)
            {
                for (int from = 0; from < written.Length; )
                {
                    int to = Math.Min(written.Length, from + Sector - (int)((at + from) % Sector));
                    if (mood == 0 || (mood == 1 && choice.Next(2) == 0))
                    {
                        Put(ref bytes, at + from, written.AsSpan(from, to - from));
                    }
                    from = to;
                }
            }
            return new Inode { Cached = bytes, Durable = (byte[])bytes.Clone() };
        }

        public void Write(byte[] bytes, long at)
        {
            Put(ref Cached, at, bytes);
            Pending.Add((at, bytes));
        }

        public void Sync()
        {
            foreach ((long at, byte[] bytes) in Pending)
            {
                Put(ref Durable, at, bytes);
            }
            Pending.Clear();
        }

        // A file that became shorter may have its old length again after a power loss, and then its old bytes: the worst that can be.
        public void Truncate(int length) => Cached = Cached[..Math.Min(length, Cached.Length)];

        private static void Put(ref byte[] file, long at, ReadOnlySpan<byte> bytes)
        {
            if (at + bytes.Length > file.Length)
            {
                Array.Resize(ref file, (int)at + bytes.Length);
            }
            bytes.CopyTo(file.AsSpan((int)at));
        }
    }

    private sealed class OpenFile(FaultyDisk disk, Inode inode) : IDiskFile
    {
        public long Length => inode.Cached.Length;

        public int Read(Span<byte> destination, long position)
        {
            disk.ThrowIfCrashed();
            int length = (int)Math.Clamp(inode.Cached.Length - position, 0, destination.Length);
            inode.Cached.AsSpan((int)Math.Min(position, inode.Cached.Length), length).CopyTo(destination);
            return length;
        }

        public void Write(ReadOnlySpan<byte> source, long position)
        {
            byte[] bytes = source.ToArray();
            disk.Step(
                () => inode.Write(bytes, position),
                half: () => inode.Write(bytes[..(bytes.Length / 2)], position)
            );
        }

        public void Truncate(long length) => disk.Step(() => inode.Truncate((int)length));

        public void SyncData() => disk.Step(inode.Sync, lost: inode.Pending.Clear);

        public void SyncAll() => SyncData();

        public void Dispose() { }
    }
}
