using System.Text;

namespace Tessrax.Node.RocksDb;

/// <summary>The values of a field, or the words, that keys are made of.</summary>
internal static class RocksTexts
{
    /// <summary>Texts of keys that begin so, each once and in order, as what their keys begin with and as text.</summary>
    /// <param name="file">The database.</param>
    /// <param name="kind">What stands before the text in a key: a kind, or a kind and a field.</param>
    /// <param name="prefix">The kind, and how texts begin.</param>
    public static IEnumerable<(byte[] Start, string Text)> Of(RocksFile file, byte[] kind, byte[] prefix)
    {
        using RocksIterator keys = file.Iterate();
        for (bool isThere = keys.Seek(prefix); isThere && keys.Key.StartsWith(prefix); )
        {
            if (!RocksKeys.TryRead(keys.Key[kind.Length..], out byte[] text, out _))
                throw file.Broken("there is a key that is none of ours");
            byte[] start = keys.Key[..^sizeof(uint)].ToArray();
            yield return (start, Encoding.UTF8.GetString(text));
            // Past every block of it: 00 02 is behind the end of a text, and before any other that begins with it.
            byte[] behind = [.. start];
            behind[^1] = 2;
            isThere = keys.Seek(behind);
        }
    }

    /// <summary>By their bytes in UTF-8.</summary>
    public static int Compare(string left, string right) =>
        Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));
}
