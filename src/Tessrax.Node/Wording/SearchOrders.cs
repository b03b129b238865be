using Tessrax.Canonical;
using Tessrax.Node.Search;

namespace Tessrax.Node.Wording;

/// <summary>The words for <see cref="SearchOrder"/>.</summary>
public static class SearchOrders
{
    /// <summary>All words, the usual one first.</summary>
    public static IReadOnlyList<string> Words { get; } = ["newest", "oldest", "rank"];

    /// <summary>The word for an order.</summary>
    public static string Text(this SearchOrder order) => EnumWords.Of(Words, (int)order);

    /// <summary>The order that one of the words stands for.</summary>
    public static SearchOrder Read(string word) => (SearchOrder)Words.ToList().IndexOf(word);
}
