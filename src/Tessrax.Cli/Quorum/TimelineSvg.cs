using System.Globalization;
using System.Text;
using Tessrax.Node.Simulation;
using Tessrax.Node.Wording.Drawing;

namespace Tessrax.Cli.Quorum;

/// <summary>Draws what happened in a quorum as one SVG file: a lane for the log and one for each approver, from left to right in time.</summary>
/// <remarks>No scripts and nothing from outside; the same bytes for the same outcome. What a mark means is told by its shape and its colour, and by its tooltip.</remarks>
internal static class TimelineSvg
{
    private const double Margin = 28;
    private const double Names = 96;
    private const double Width = 980;
    private const double Header = 66;
    private const double Lane = 30;

    private const string Shapes = """
        text{font-family:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif}
        .b{font-weight:600}
        """;

    private const string Light = """
        .page{fill:#ffffff}text{fill:#1f2328}text.m{fill:#59636e}line{stroke:#d1d9e0}line.heal{stroke:#1a7f37}
        .down{fill:#ffd8d3}.stopped{fill:#f1e5ff}.cut{fill:#eaeef2}
        .claims{fill:#8c959f}.propose{fill:#bf8700}.decide{fill:#1a7f37}.close{fill:#59636e}.vote{fill:#0969da}.reject{fill:#bc4c00}.refuse,.violation{fill:#cf222e}
        """;

    private const string Dark = """
        .page{fill:#0d1117}text{fill:#e6edf3}text.m{fill:#9198a1}line{stroke:#3d444d}line.heal{stroke:#3fb950}
        .down{fill:#5d1f1a}.stopped{fill:#3c1e70}.cut{fill:#262c36}
        .claims{fill:#9198a1}.propose{fill:#d29922}.decide{fill:#3fb950}.close{fill:#b1bac4}.vote{fill:#4493f8}.reject{fill:#f0883e}.refuse,.violation{fill:#f85149}
        """;

    private const string PreferDark = $"@media (prefers-color-scheme:dark){{\n{Dark}\n}}";

    private static readonly (string Kind, string Words)[] Legend =
    [
        ("claims", "claims"),
        ("propose", "proposed"),
        ("vote", "for"),
        ("reject", "against"),
        ("decide", "decided"),
        ("close", "closed"),
        ("refuse", "refused"),
        ("down", "down"),
        ("stopped", "stopped"),
        ("cut", "cut off"),
    ];

    /// <summary>The file.</summary>
    public static byte[] Draw(QuorumOutcome outcome, string title)
    {
        QuorumTimeline timeline = outcome.Timeline;
        double height = Margin + Header + (Lane * (outcome.Nodes + 1)) + 78;
        double width = (2 * Margin) + Names + Width;
        string says = Says(outcome);
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{N(width)}" height="{N(height)}" viewBox="0 0 {N(width)} {N(
                height
            )}" role="img">
            <title>{Escape(title)}</title>
            <desc>{Escape(says)}</desc>
            <style>
            {Shapes}
            {Light}
            {PreferDark}
            </style>
            <rect class="page" width="{N(width)}" height="{N(height)}"/>

            """
        );
        svg.Append(SvgMarks.TextMark(Margin, Margin + 14, title, "b", 16));
        svg.Append(SvgMarks.TextMark(Margin, Margin + 36, says, "m", 12));
        for (int lane = 0; lane <= outcome.Nodes; lane++)
            DrawLane(svg, lane);
        foreach (QuorumTimeline.Span span in timeline.Spans)
            DrawSpan(svg, span, timeline);
        DrawAxis(svg, outcome, Margin + Header + (Lane * (outcome.Nodes + 1)));
        // What is recorded lies above what was only sent.
        foreach (QuorumTimeline.Mark mark in timeline.Marks.OrderBy(m => m.Lane == 0 ? 1 : 0))
            DrawMark(svg, mark, timeline);
        DrawLegend(svg, height - Margin);
        svg.Append("</svg>\n");
        return Encoding.UTF8.GetBytes(svg.ToString());
    }

    private static string Says(QuorumOutcome outcome) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{outcome.Quorum} of {outcome.Nodes} must approve; {outcome.Faults}; {outcome.Decisions} decided, {outcome.Closed} closed, {outcome.Violations.Count} violations"
        );

    private static void DrawLane(StringBuilder svg, int lane)
    {
        double y = Middle(lane);
        svg.Append(SvgMarks.TextMark(Margin, y + 4, lane == 0 ? "log" : $"approver {lane}", lane == 0 ? "b" : "m", 12));
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<line x1=\"{N(Margin + Names)}\" y1=\"{N(y)}\" x2=\"{N(Margin + Names + Width)}\" y2=\"{N(y)}\"/>\n"
        );
    }

    private static void DrawSpan(StringBuilder svg, QuorumTimeline.Span span, QuorumTimeline timeline)
    {
        double left = At(span.From, timeline);
        double right = At(span.To < timeline.End ? span.To : timeline.End, timeline);
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<rect class=\"{span.Kind}\" x=\"{N(left)}\" y=\"{N(Middle(span.Lane) - 11)}\" width=\"{N(Math.Max(right - left, 1.5))}\" height=\"22\" rx=\"3\"><title>{span.Kind} for {Seconds(span.To - span.From)}</title></rect>\n"
        );
    }

    private static void DrawMark(StringBuilder svg, QuorumTimeline.Mark mark, QuorumTimeline timeline)
    {
        double x = At(mark.At, timeline);
        double y = Middle(mark.Lane);
        string title = $"<title>{Escape($"{Seconds(mark.At)}: {mark.What}")}</title>";
        // Votes are small and many; decisions are squares, all else on the log's lane is a circle.
        string shape = mark.Kind switch
        {
            "vote" => $"<circle class=\"vote\" cx=\"{N(x)}\" cy=\"{N(y)}\" r=\"2.4\">{title}</circle>",
            "reject" => $"<path class=\"reject\" d=\"M{N(x - 3)} {N(y - 3)}h6l-3 6z\">{title}</path>",
            "decide" or "violation" =>
                $"<rect class=\"{mark.Kind}\" x=\"{N(x - 4.5)}\" y=\"{N(y - 4.5)}\" width=\"9\" height=\"9\">{title}</rect>",
            "refuse" => $"<path class=\"refuse\" d=\"M{N(x - 2)} {N(y + 6)}h4v6h-4z\">{title}</path>",
            _ => $"<circle class=\"{mark.Kind}\" cx=\"{N(x)}\" cy=\"{N(y)}\" r=\"3.6\">{title}</circle>",
        };
        svg.Append(shape).Append('\n');
    }

    private static void DrawAxis(StringBuilder svg, QuorumOutcome outcome, double top)
    {
        QuorumTimeline timeline = outcome.Timeline;
        for (int i = 0; i <= 8; i++)
        {
            TimeSpan at = timeline.End * (i / 8.0);
            svg.Append(SvgMarks.TextMark(At(at, timeline), top + 12, Seconds(at), "m", 10, "middle"));
        }
        if (timeline.Healed > TimeSpan.Zero && timeline.Healed < timeline.End)
        {
            double x = At(timeline.Healed, timeline);
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<line class=\"heal\" x1=\"{N(x)}\" y1=\"{N(Margin + Header - 6)}\" x2=\"{N(x)}\" y2=\"{N(top - 4)}\"><title>no more faults from here</title></line>\n"
            );
        }
    }

    private static void DrawLegend(StringBuilder svg, double baseline)
    {
        double x = Margin + Names;
        foreach ((string kind, string words) in Legend)
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<rect class=\"{kind}\" x=\"{N(x)}\" y=\"{N(baseline - 9)}\" width=\"10\" height=\"10\" rx=\"2\"/>\n"
            );
            svg.Append(SvgMarks.TextMark(x + 15, baseline, words, "m", 11));
            x += 34 + SvgMarks.WidthOf(words, 11);
        }
    }

    private static double Middle(int lane) => Margin + Header + (Lane * lane) + (Lane / 2);

    private static double At(TimeSpan at, QuorumTimeline timeline) =>
        Margin + Names + (timeline.End > TimeSpan.Zero ? Math.Min(1, at / timeline.End) * Width : 0);

    private static string Seconds(TimeSpan span) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Round(span.TotalSeconds, 1)} s");

    private static string N(double length) => SvgMarks.N(length);

    private static string Escape(string text) => SvgMarks.Escape(text);
}
