using Tessrax.Hashing;
using Tessrax.Verification.Search;

namespace Tessrax.Node.Search;

/// <summary>What is asked of a search.</summary>
/// <param name="Query">What to look for.</param>
public sealed record SearchRequest(Query Query)
{
    /// <summary>The most hits of a page.</summary>
    public const int MaxLimit = 1000;

    /// <summary>Hits of a page: 1 to 1,000.</summary>
    public int Limit { get; init; } = 20;

    public SearchOrder Order { get; init; }

    /// <summary>Where the page before ended: its <see cref="SearchAnswer.Next"/>; null for the first page.</summary>
    public string? Cursor { get; init; }

    /// <summary>Whether to count all hits, however many they are.</summary>
    public bool CountsAll { get; init; }

    /// <summary>Cancelled when whoever asks waits no longer.</summary>
    public CancellationToken Stop { get; init; }
}

/// <summary>An entry that matches.</summary>
/// <param name="Entry">The entry, held to its leaf.</param>
/// <param name="Score">How well it matches, in parts of 65,536; null unless hits are ranked.</param>
/// <param name="Snippet">What it says around the words that were looked for.</param>
public sealed record SearchHit(SearchedEntry Entry, long? Score, IReadOnlyList<SnippetPart> Snippet);

/// <summary>By which index a search was answered.</summary>
/// <param name="Backend">Its kind.</param>
/// <param name="Size">How many entries it has.</param>
/// <param name="Behind">How many entries nobody looked at, since they are too many and the index has not seen them.</param>
public sealed record SearchIndex(string Backend, long Size, long Behind);

/// <summary>A page of what a search found.</summary>
/// <remarks>Every hit was read from the ledger, held to its leaf and judged again: an index can leave a hit out, and never invent one.</remarks>
public sealed record SearchAnswer
{
    /// <summary>The query in canonical form.</summary>
    public required Query Query { get; init; }

    public required Digest Ledger { get; init; }

    /// <summary>Entries of the ledger, as of its newest checkpoint.</summary>
    public required long Size { get; init; }

    /// <summary>The root of that size.</summary>
    public required Digest Root { get; init; }

    /// <summary>By which index; null if every entry was looked at.</summary>
    public SearchIndex? Index { get; init; }

    public required SearchOrder Order { get; init; }

    public required IReadOnlyList<SearchHit> Hits { get; init; }

    /// <summary>How many entries match, as the index has it, on all pages together.</summary>
    public required long Count { get; init; }

    /// <summary>Whether there may be more than <see cref="Count"/>: counting ended there.</summary>
    public required bool HasMore { get; init; }

    /// <summary>If the page ended early since it took too long, the entry up to which everything was looked at; null otherwise.</summary>
    public long? LookedTo { get; init; }

    /// <summary>What to give as <see cref="SearchRequest.Cursor"/> for the next page; null if this is the last one.</summary>
    public string? Next { get; init; }

    /// <summary>Entries that the index has for the query although they do not match: it is not this ledger's content. At most 100 are named.</summary>
    public IReadOnlyList<long> Wrong { get; init; } = [];
}
