using System.Globalization;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;

namespace Tessrax.Bench.Ratios.Cases;

/// <summary>Looking for a contradiction among ten numeric claims that agree, against reading their numbers into doubles and keeping the extremes.</summary>
internal static class DetectCase
{
    private const int Claims = 10;

    public static ICase Make() =>
        new PairedCase("detect10", _ => Contestants(), Duel.AtMost(2, "doubles")) { Ours = Goal.Most(10_000) };

    /// <summary>A book of ten claims that agree, and what they speak of.</summary>
    public static (ClaimBook Book, GroupKey Key) Book()
    {
        var book = new ClaimBook(Policy.Default.Rules);
        for (int i = 0; i < Claims; i++)
            book.Add(Claim.Ingest(JsonValue.Parse(Encoding.UTF8.GetBytes(Text(i)))));
        return (book, book.Keys.Single());
    }

    private static string Text(int i) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"claim_id":"c-{{i}}","subject":"CVE-2023-20898","metric":"cvss","value":7.8,"timestamp":"2023-09-08T20:23:17Z","source":"source {{i}}"}"""
        );

    private static Contestant[] Contestants()
    {
        (ClaimBook book, GroupKey key) = Book();
        string[] numbers = [.. book.Claims(key).Select(claim => claim.Value.AsNumberText())];
        return
        [
            new(
                "ours",
                tasks =>
                {
                    for (int i = 0; i < tasks; i++)
                        _ = book.Detect(key);
                }
            ),
            new(
                "doubles",
                tasks =>
                {
                    for (int i = 0; i < tasks; i++)
                        _ = Extremes(numbers);
                }
            ),
        ];
    }

    private static (double Low, double High) Extremes(string[] numbers)
    {
        (double low, double high) = (double.MaxValue, double.MinValue);
        foreach (string number in numbers)
        {
            double value = double.Parse(number, CultureInfo.InvariantCulture);
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }
        return (low, high);
    }
}
