using Tessrax.Verification.Search;

namespace Tessrax.Client;

/// <summary>An entry that a search found: it is in the ledger, and matches.</summary>
/// <param name="Found">The entry.</param>
/// <param name="Score">How well it matches, as the server says; null unless hits are ranked.</param>
public sealed record SearchFinding(VerifiedReceipt Found, long? Score);

/// <summary>A page of what a search found. That none is left out is the server's word; a proof of a search shows it (<c>spec/proofs.md</c>).</summary>
/// <param name="Query">What was looked for, in canonical form.</param>
/// <param name="Hits">In the order that was asked for.</param>
/// <param name="Told">What the server says of it: <c>count</c>, <c>more</c>, <c>index</c> and others.</param>
/// <param name="Next">Where the next page begins; null behind the last.</param>
public sealed record SearchPage(Query Query, IReadOnlyList<SearchFinding> Hits, ServerWord Told, string? Next);

/// <summary>What is searched for.</summary>
/// <param name="Query">In the language of <c>tessraxctl search</c>.</param>
public sealed record SearchWish(string Query)
{
    /// <summary><c>newest</c>, <c>oldest</c> or <c>rank</c>; null for what the server takes.</summary>
    public string? Order { get; init; }

    /// <summary>1 to 200; null for what the server takes for a page.</summary>
    public int? Limit { get; init; }

    /// <summary>Whether every hit is counted, however many there are.</summary>
    public bool CountsAll { get; init; }

    /// <summary>What the page before gave as <see cref="SearchPage.Next"/>.</summary>
    public string? Cursor { get; init; }
}
