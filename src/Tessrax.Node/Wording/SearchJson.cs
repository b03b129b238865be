using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Merkle;
using Tessrax.Node.Search;
using Tessrax.Verification.Search;

namespace Tessrax.Node.Wording;

/// <summary>What a search found, in JSON.</summary>
public static class SearchJson
{
    /// <summary>A page of hits, or only how many there are.</summary>
    public static JsonValue Of(SearchAnswer answer, TreeHasher hasher, bool withHits) =>
        JsonValue.Object(
            ("query", answer.Query.ToString()),
            ("ledger", answer.Ledger.ToString()),
            ("size", answer.Size),
            ("root", hasher.Text(answer.Root)),
            ("index", answer.Index is { } index ? Of(index) : JsonValue.Null),
            ("count", answer.Count),
            ("more", answer.HasMore),
            ("order", withHits ? JsonValue.String(answer.Order.Text()) : null),
            ("looked_to", withHits ? (answer.LookedTo is { } looked ? looked : JsonValue.Null) : null),
            ("next", withHits ? (answer.Next is { } next ? next : JsonValue.Null) : null),
            ("hits", withHits ? JsonValue.Of(answer.Hits.Select(hit => Of(hit, hasher))) : null),
            ("wrong", answer.Wrong.Count > 0 ? JsonValue.Of(answer.Wrong.Select(JsonValue.Number)) : null)
        );

    private static JsonValue Of(SearchIndex index) =>
        JsonValue.Object(("backend", index.Backend), ("size", index.Size), ("behind", index.Behind));

    private static JsonValue Of(SearchHit hit, TreeHasher hasher) =>
        ReceiptText.ToListJson(
            hit.Entry.Receipt,
            hasher,
            ("fields", Of(hit.Entry.Fields)),
            ("score", hit.Score is { } score ? score : null),
            ("snippet", hit.Snippet.Count > 0 ? JsonValue.Of(hit.Snippet.Select(Of)) : null),
            ("erased", hit.Entry.Receipt.IsErased ? JsonValue.True : null),
            ("lost", hit.Entry.Receipt.IsLost ? JsonValue.True : null)
        );

    private static JsonValue Of(IReadOnlyList<FieldValue> fields) =>
        JsonValue.Object([
            .. fields
                .GroupBy(field => field.Field)
                .Select(values =>
                    (
                        QueryFields.NameOf(values.Key),
                        (JsonValue?)JsonValue.Of(values.Select(value => JsonValue.String(value.Value)))
                    )
                ),
        ]);

    private static JsonValue Of(SnippetPart part) => JsonValue.Object(("text", part.Text), ("hit", part.IsHit));
}
