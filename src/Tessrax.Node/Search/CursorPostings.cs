using Tessrax.Node.Index;

namespace Tessrax.Node.Search;

/// <summary>What a cursor finds, as something that an index finds.</summary>
/// <param name="cursor">The cursor; its budget never ends, and what it reads is disposed of by whoever opened it.</param>
/// <param name="falls">Whether the newest comes first, so that places are indexes with their sign changed.</param>
internal sealed class CursorPostings(QueryCursor cursor, bool falls) : IPostings
{
    public long Current => falls ? -cursor.At : cursor.At;

    public bool Next() => cursor.Next();

    public bool SeekTo(long bound) => cursor.SeekTo(falls ? -bound : bound);

    public void Dispose() { }
}
