using System.Globalization;
using System.Text;

namespace Tessrax.Node.Wording.Drawing;

/// <summary>The style sheet of a film that stands alone. Plain rules without variables, which not every viewer knows.</summary>
internal static class FilmTheme
{
    private const double First = 0.4;
    private const double Each = 1.4;

    private const string Shared = """
        text{font-family:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif}
        .b{font-weight:600}
        rect{stroke-width:1.3}
        .slot,.chosen,.offered{fill:none}
        .slot,.offered{stroke-dasharray:4 4}
        .chosen,.offered{stroke-width:2.4}
        .track,.gap,.pill,.page{stroke:none}
        .arrow,.link,.allowed,.tick{fill:none;stroke-width:1.6}
        .allowed,.tick{stroke-width:2}
        .mark{stroke-width:1.6}
        .cap{opacity:0}
        .cap.last{opacity:1}
        """;

    private const string Light = """
        .page{fill:#fff}text{fill:#16201f}text.m{fill:#4a5755}text.good{fill:#116238}text.pill{fill:#fff}
        .slot{stroke:#c3cac6}.card,.cell{fill:#f6f7f5;stroke:#b3bcb8}.hot{fill:#fff6e6;stroke:#b57200}.done{fill:#e6f5ec;stroke:#116238}
        .chosen{stroke:#116238}.offered{stroke:#4a5755}.track{fill:#e6e9e6}.gap{fill:#b3261e}.allowed{stroke:#16201f}
        .pill{fill:#1b5392}.pill.moderate{fill:#7a4a00}.pill.high,.pill.critical{fill:#a0201f}
        .arrow,.link{stroke:#4a5755}.mark{fill:#fff;stroke:#4a5755}.tick{stroke:#fff}
        .approved,.recorded,.executed{fill:#116238;stroke:#116238}.rejected,.closed{fill:#a0201f;stroke:#a0201f}
        """;

    private const string Dark = """
        .page{fill:#0d1413}text{fill:#e6eeec}text.m{fill:#a4b3b0}text.good{fill:#76d79e}text.pill{fill:#0d1413}
        .slot{stroke:#394a46}.card,.cell{fill:#141d1b;stroke:#41534f}.hot{fill:#2e230f;stroke:#edbd67}.done{fill:#13301d;stroke:#76d79e}
        .chosen{stroke:#76d79e}.offered{stroke:#a4b3b0}.track{fill:#22302d}.gap{fill:#ff9d97}.allowed{stroke:#e6eeec}
        .pill{fill:#93c1ff}.pill.moderate{fill:#edbd67}.pill.high,.pill.critical{fill:#ff9d97}
        .arrow,.link{stroke:#a4b3b0}.mark{fill:#0d1413;stroke:#a4b3b0}.tick{stroke:#0d1413}
        .approved,.recorded,.executed{fill:#76d79e;stroke:#76d79e}.rejected,.closed{fill:#ff9d97;stroke:#ff9d97}
        """;

    // Whoever prefers less motion, and whatever knows no animation, sees the last frame.
    private static readonly string Moving = string.Create(
        CultureInfo.InvariantCulture,
        $$$"""
        @keyframes in{from{opacity:0;transform:translateY(6px)}}
        @keyframes cap{from,to{opacity:1}}
        @keyframes grow{from{transform:scaleX(0)}}
        @media (prefers-reduced-motion:no-preference){
        .f{animation:in .5s ease-out both}
        .cap{animation:cap {{{Each}}}s linear}
        .cap.last{animation:in .5s ease-out both}
        .gap{animation:grow .9s ease-out both;transform-box:fill-box;transform-origin:left}
        """
    );

    /// <summary>The rules of a film of so many frames.</summary>
    public static string Rules(int frames)
    {
        var rules = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"{Shared}\n{Light}\n")
            .Append(CultureInfo.InvariantCulture, $"@media (prefers-color-scheme:dark){{\n{Dark}\n}}\n{Moving}\n");
        for (int frame = 0; frame < frames; frame++)
        {
            double begins = Math.Round(First + (frame * Each), 1);
            rules.Append(CultureInfo.InvariantCulture, $"[data-f=\"{frame}\"]{{animation-delay:{begins}s}}\n");
        }
        return rules.Append('}').ToString();
    }
}
