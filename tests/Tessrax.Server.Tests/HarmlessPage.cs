using System.Text.RegularExpressions;

namespace Tessrax.Server.Tests;

/// <summary>Looks for what a stranger could do by a page.</summary>
internal static partial class HarmlessPage
{
    /// <summary>The elements of a page must be ours alone: none has a style, a handler, or a script of its own, and no letter reorders others.</summary>
    /// <param name="address">Which page.</param>
    /// <param name="page">What it is.</param>
    public static void Require(string address, string page)
    {
        Assert.False(page.Contains(PageLedger.Override), $"{address} reorders letters");
        Assert.DoesNotContain("&#x202E;", page, StringComparison.OrdinalIgnoreCase);
        foreach (Match tag in Tag().Matches(page))
        {
            string text = tag.Value;
            Assert.False(Forbidden().IsMatch(Quoted().Replace(text, "")), $"{address}: {text}");
            Assert.False(text.StartsWith("<style", StringComparison.OrdinalIgnoreCase), $"{address}: {text}");
            Assert.False(
                text.StartsWith("<script", StringComparison.OrdinalIgnoreCase)
                    && !text.StartsWith("<script src=\"/assets/", StringComparison.Ordinal),
                $"{address}: {text}"
            );
            Assert.False(text.StartsWith("<img", StringComparison.OrdinalIgnoreCase), $"{address}: {text}");
            Assert.DoesNotContain("=\"javascript:", text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [GeneratedRegex("<[a-zA-Z](?:[^>\"]|\"[^\"]*\")*>")]
    private static partial Regex Tag();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\s(style|on\w+)\s*=", RegexOptions.IgnoreCase)]
    private static partial Regex Forbidden();
}
