namespace Tessrax.Node.Index.Sqlite;

/// <summary>Which files this process has open through SQLite.</summary>
/// <remarks>The locks of POSIX belong to a process and a file, not to a descriptor: whoever closes any descriptor of a file lets go of every lock that SQLite holds on it
/// in this process. Another process would then take itself for the last to close the file, and delete the log that is still written here. So a file is
/// opened past SQLite only while SQLite does not have it open.</remarks>
internal static class SqlitePlaces
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, int> Opened = new(StringComparer.Ordinal);

    /// <summary>Notes that a file is about to be opened; waits for whoever looks at it past SQLite.</summary>
    /// <param name="path">Its whole path.</param>
    public static void Enter(string path)
    {
        lock (Gate)
            Opened[path] = Opened.GetValueOrDefault(path) + 1;
    }

    /// <summary>Notes that a file has been closed.</summary>
    public static void Leave(string path)
    {
        lock (Gate)
        {
            if (--Opened[path] == 0)
                Opened.Remove(path);
        }
    }

    /// <summary>Runs a step that opens and closes a file past SQLite; false, and it is not run, if SQLite has it open here.</summary>
    public static bool WhileClosed(string place, Action step)
    {
        lock (Gate)
        {
            if (Opened.ContainsKey(Path.GetFullPath(place)))
                return false;
            step();
            return true;
        }
    }
}
