using Tessrax.Node.Waiting;

namespace Tessrax.Node.Files;

/// <summary>Many files that are open to be read, of which only those that were used last have a descriptor; the others are opened again when somebody reads from them.</summary>
/// <remarks>Any thread may read. A name that stands for another file meanwhile gives that file's bytes once the descriptor was given up: whoever
/// reads must be able to tell, as everybody must who reads beside a writer.</remarks>
/// <param name="disk">The file system.</param>
/// <param name="most">How many descriptors are kept while nobody reads.</param>
internal sealed class PooledFiles(IDisk disk, int most = PooledFiles.Usual) : IDisposable
{
    /// <summary>Far below the 1,024 that a process may open as a rule, and the 256 that some systems allow.</summary>
    public const int Usual = 64;

    private readonly Gate gate = new("the open files");
    private readonly LinkedList<Descriptor> byUse = new();
    private bool closed;

    /// <summary>Opens a file.</summary>
    /// <exception cref="IOException">As <see cref="IDisk.Open"/>; and later from each member of what this gives.</exception>
    public IDiskFile Open(string path)
    {
        var file = new PooledFile(this, path);
        Give(Take(file));
        return file;
    }

    /// <summary>Closes what is open. What is being read is closed by its reader; whoever reads later opens for that one reading.</summary>
    public void Dispose()
    {
        var idle = new List<Descriptor>();
        using (gate.Enter("to close them all"))
        {
            closed = true;
            while (byUse.Last is { } last)
                Detach(last.Value, idle);
        }
        Close(idle);
    }

    private Descriptor Take(PooledFile file)
    {
        using (gate.Enter("to find one"))
        {
            if (Held(file) is { } held)
                return held;
        }
        IDiskFile opened = disk.Open(file.Path, DiskAccess.Read);
        var idle = new List<Descriptor>();
        Descriptor mine;
        using (gate.Enter("to keep one"))
        {
            if (Held(file) is { } another)
            {
                idle.Add(new Descriptor(file, opened));
                mine = another;
            }
            else
            {
                mine = new Descriptor(file, opened) { Readers = 1 };
                if (!closed && !file.IsClosed)
                {
                    file.Current = mine;
                    byUse.AddFirst(mine.Place);
                }
                while (byUse.Count > most)
                    Detach(byUse.Last!.Value, idle);
            }
        }
        Close(idle);
        return mine;
    }

    private Descriptor? Held(PooledFile file)
    {
        if (file.Current is not { } held)
            return null;
        byUse.Remove(held.Place);
        byUse.AddFirst(held.Place);
        held.Readers++;
        return held;
    }

    private void Give(Descriptor used)
    {
        bool isLast;
        using (gate.Enter("to give one back"))
            isLast = --used.Readers == 0 && used.Owner.Current != used;
        if (isLast)
            used.File.Dispose();
    }

    private void Close(PooledFile file)
    {
        var idle = new List<Descriptor>();
        using (gate.Enter("to close one"))
        {
            file.IsClosed = true;
            if (file.Current is { } held)
                Detach(held, idle);
        }
        Close(idle);
    }

    // Whoever still reads from it closes it afterwards.
    private void Detach(Descriptor held, List<Descriptor> idle)
    {
        byUse.Remove(held.Place);
        held.Owner.Current = null;
        if (held.Readers == 0)
            idle.Add(held);
    }

    private static void Close(List<Descriptor> idle)
    {
        foreach (Descriptor one in idle)
            one.File.Dispose();
    }

    private sealed class Descriptor
    {
        public Descriptor(PooledFile owner, IDiskFile file)
        {
            Owner = owner;
            File = file;
            Place = new LinkedListNode<Descriptor>(this);
        }

        public PooledFile Owner { get; }

        public IDiskFile File { get; }

        public LinkedListNode<Descriptor> Place { get; }

        public int Readers { get; set; }
    }

    private sealed class PooledFile(PooledFiles pool, string path) : IDiskFile
    {
        public string Path => path;

        public Descriptor? Current { get; set; }

        public bool IsClosed { get; set; }

        public long Length
        {
            get
            {
                Descriptor held = pool.Take(this);
                try
                {
                    return held.File.Length;
                }
                finally
                {
                    pool.Give(held);
                }
            }
        }

        public int Read(Span<byte> destination, long position)
        {
            Descriptor held = pool.Take(this);
            try
            {
                return held.File.Read(destination, position);
            }
            finally
            {
                pool.Give(held);
            }
        }

        public void Write(ReadOnlySpan<byte> source, long position) => throw OnlyRead();

        public void Truncate(long length) => throw OnlyRead();

        public void SyncData() => throw OnlyRead();

        public void SyncAll() => throw OnlyRead();

        public void Dispose() => pool.Close(this);

        private static NotSupportedException OnlyRead() => new("the file is open to be read");
    }
}
