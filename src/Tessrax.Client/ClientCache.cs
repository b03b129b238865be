using System.Diagnostics.CodeAnalysis;

namespace Tessrax.Client;

/// <summary>What was fetched and cannot change, by what it is: in memory, over a folder on disk. Nothing in it is believed.</summary>
/// <remarks>Safe for concurrent use. Names are of letters, digits and hyphens. Whoever reads checks what comes out, and calls <see cref="Forget"/> if it is wrong.</remarks>
internal sealed class ClientCache
{
    private readonly Lock access = new();
    private readonly Dictionary<string, LinkedListNode<(string Name, byte[] Content)>> held = new(
        StringComparer.Ordinal
    );
    private readonly LinkedList<(string Name, byte[] Content)> order = [];
    private readonly DiskCache? disk;
    private readonly long mostBytes;
    private long bytes;

    /// <param name="ledger">What it is of, as a folder's name; null to keep nothing on disk.</param>
    /// <param name="options">Where and how much.</param>
    public ClientCache(string? ledger, ClientOptions options)
    {
        mostBytes = options.MemoryBytes;
        if (options.CacheDirectory is { } folder && ledger is not null)
            disk = new DiskCache(Path.Combine(folder, ledger), options);
    }

    /// <summary>What is held under a name.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="most">The most bytes that it can have.</param>
    /// <param name="content">The bytes, unchecked.</param>
    public bool TryRead(string name, int most, [NotNullWhen(true)] out byte[]? content)
    {
        lock (access)
        {
            if (held.TryGetValue(name, out LinkedListNode<(string Name, byte[] Content)>? node))
            {
                order.Remove(node);
                order.AddFirst(node);
                content = node.Value.Content;
                return true;
            }
        }
        content = disk?.Read(name, most);
        if (content is not null)
            Hold(name, content);
        return content is not null;
    }

    public void Write(string name, byte[] content)
    {
        Hold(name, content);
        disk?.Write(name, content);
    }

    /// <summary>Drops what turned out to be wrong.</summary>
    public void Forget(string name)
    {
        lock (access)
        {
            if (held.Remove(name, out LinkedListNode<(string Name, byte[] Content)>? node))
            {
                order.Remove(node);
                bytes -= node.Value.Content.Length;
            }
        }
        disk?.Remove(name);
    }

    private void Hold(string name, byte[] content)
    {
        lock (access)
        {
            if (content.Length > mostBytes || held.ContainsKey(name))
                return;
            held[name] = order.AddFirst((name, content));
            bytes += content.Length;
            while (bytes > mostBytes)
            {
                (string oldest, byte[] dropped) = order.Last!.Value;
                order.RemoveLast();
                held.Remove(oldest);
                bytes -= dropped.Length;
            }
        }
    }
}
