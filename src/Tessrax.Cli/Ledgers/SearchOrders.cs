using Tessrax.Node.Search;

namespace Tessrax.Cli.Ledgers;

/// <summary>The words for <see cref="SearchOrder"/>.</summary>
internal static class SearchOrders
{
    /// <summary>All words, the usual one first.</summary>
    public static readonly string[] Words = ["newest", "oldest", "rank"];

    public static string Text(this SearchOrder order) => Words[(int)order];

    /// <summary>The order that one of the words stands for.</summary>
    public static SearchOrder Read(string word) => (SearchOrder)Array.IndexOf(Words, word);
}
