using System.Net;
using System.Text.RegularExpressions;

namespace Tessrax.Docs;

/// <summary>Whether every link of a site leads somewhere: to a page, to the heading on it, to a file.</summary>
internal static partial class LinkCheck
{
    /// <summary>Where links lead nowhere, in words; and how many there are.</summary>
    /// <param name="pages">Every page as it is written, by its address.</param>
    /// <param name="others">The addresses of the other files.</param>
    public static (IReadOnlyList<string> Faults, long Inside, long Outside) Of(
        IReadOnlyDictionary<string, string> pages,
        IReadOnlySet<string> others
    )
    {
        var ids = pages.ToDictionary(
            page => page.Key,
            page =>
                IdIn()
                    .Matches(page.Value)
                    .Select(id => WebUtility.HtmlDecode(id.Groups[1].Value))
                    .ToHashSet(StringComparer.Ordinal),
            StringComparer.Ordinal
        );
        var faults = new List<string>();
        long inside = 0;
        long outside = 0;
        foreach ((string address, string html) in pages)
        foreach (Match match in LinkIn().Matches(html))
        {
            string link = WebUtility.HtmlDecode(match.Groups[1].Value);
            if (
                link.StartsWith("https://", StringComparison.Ordinal)
                || link.StartsWith("http://", StringComparison.Ordinal)
            )
            {
                outside++;
                continue;
            }
            inside++;
            string[] parts = link.Split('#', 2);
            string? target = parts[0].Length == 0 ? address : Html.Resolve(address, parts[0]);
            bool isThere =
                target is not null
                && (
                    ids.TryGetValue(target, out HashSet<string>? known)
                        ? parts.Length == 1 || known.Contains(Uri.UnescapeDataString(parts[1]))
                        : others.Contains(target) && parts.Length == 1
                );
            if (!isThere)
                faults.Add($"{address} links to {link}, which is not there");
        }
        return (faults, inside, outside);
    }

    [GeneratedRegex("<[a-z]+ [^>]*?(?:href|src)=\"([^\"]*)\"")]
    private static partial Regex LinkIn();

    [GeneratedRegex("<[a-z0-9]+ [^>]*?id=\"([^\"]*)\"")]
    private static partial Regex IdIn();
}
