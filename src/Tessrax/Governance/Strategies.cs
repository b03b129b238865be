using Tessrax.Canonical;

namespace Tessrax.Governance;

/// <summary>The words that stand for strategies in JSON.</summary>
public static class Strategies
{
    private static readonly string[] Texts =
    [
        "prefer-source",
        "most-severe",
        "median",
        "majority",
        "newest",
        "escalate",
    ];

    /// <summary>All words.</summary>
    public static ReadOnlySpan<string> All => Texts;

    public static string Text(this Strategy strategy) => EnumWords.Of(Texts, (int)strategy);

    public static bool TryParse(string text, out Strategy strategy)
    {
        strategy = (Strategy)Array.IndexOf(Texts, text);
        return strategy >= 0;
    }
}
