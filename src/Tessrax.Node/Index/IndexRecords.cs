using Tessrax.Governance;
using Tessrax.Hashing;

namespace Tessrax.Node.Index;

/// <summary>How far an index is complete, and for which ledger.</summary>
/// <param name="Generation">Which one it is, as the pointer counts them: what lies beside another one's name is not taken for its own.</param>
/// <param name="Ledger">The ledger's id.</param>
/// <param name="Size">Entries with a row.</param>
/// <param name="Root">The root of the tree of that size, by the ledger's hash function.</param>
/// <param name="Words">By which rules text was cut into words; null if there is no text in it.</param>
internal sealed record IndexMark(long Generation, Digest Ledger, long Size, Digest Root, string? Words);

/// <summary>What is chosen when an index is made.</summary>
/// <param name="CacheBytes">Memory to keep pages in.</param>
/// <param name="IsRebuild">Whether it is filled in one go, so that parts are joined at the end alone.</param>
internal sealed record IndexOptions(int CacheBytes = 8 << 20, bool IsRebuild = false);

/// <summary>What the index has of one entry.</summary>
/// <param name="Index">The entry.</param>
/// <param name="At">When it was recorded, in microseconds since 1970.</param>
/// <param name="Epoch">The number of its epoch.</param>
/// <param name="Fields">What it can be found by, as <see cref="EntryFields.Of"/> gives them.</param>
/// <param name="Words">The first 16 bytes of SHA-256 over the words of its text, joined by spaces; empty if there is no text in the index.</param>
/// <param name="IsCut">Whether its text had more words than are kept.</param>
internal sealed record IndexRow(
    long Index,
    long At,
    long Epoch,
    IReadOnlyList<FieldValue> Fields,
    ReadOnlyMemory<byte> Words,
    bool IsCut
);

/// <summary>An entry on its way into an index.</summary>
/// <param name="Row">Its row.</param>
/// <param name="Words">The words of its text, joined by single spaces; empty if there is none.</param>
internal readonly record struct IndexDocument(IndexRow Row, string Words);

/// <summary>What is noted of a run of 256 entries, or of the last few: what they were, and what their rows were.</summary>
/// <param name="First">The first entry.</param>
/// <param name="Count">How many.</param>
/// <param name="Root">The root of the subtree above them; of a run that is not full, null.</param>
/// <param name="Rows">SHA-256 over the rows as they were written.</param>
internal sealed record IndexBlock(long First, int Count, Digest? Root, Digest Rows)
{
    /// <summary>Entries to a block: a full tile.</summary>
    public const int Length = 256;
}

/// <summary>A word where it stands.</summary>
/// <param name="Word">The word.</param>
/// <param name="Entry">The entry.</param>
/// <param name="Position">Which word of its text, from 0.</param>
internal readonly record struct WordPlace(string Word, long Entry, int Position);

/// <summary>An entry that is found by a value.</summary>
internal readonly record struct FieldPosting(FieldValue Value, long Entry);

/// <summary>What an index takes.</summary>
/// <param name="Bytes">Of all its files.</param>
/// <param name="FreePages">Pages that hold nothing; 0 where there are no pages.</param>
/// <param name="TextParts">Parts that the text's postings are spread over.</param>
/// <param name="Fragmentation">The share of its bytes that is of no use, from 0 to 1.</param>
internal readonly record struct IndexSizes(long Bytes, long FreePages, int TextParts, double Fragmentation);
