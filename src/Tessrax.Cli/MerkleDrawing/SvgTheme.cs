namespace Tessrax.Cli.MerkleDrawing;

/// <summary>Which colours a picture has.</summary>
internal enum Theme
{
    /// <summary>Those that the reader's system prefers.</summary>
    Auto,
    Light,
    Dark,
}

/// <summary>The style sheet of a picture. Plain rules without variables, which not every viewer knows.</summary>
internal static class SvgTheme
{
    // Blue and amber: told apart by all who see colours, in whatever way; the numbers tell the rest.
    private const string Shared = """
        text{font-family:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif}
        .h,.n{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
        .b{font-weight:600}
        path{fill:none}
        .e path{stroke-width:1.3}
        .w path{stroke-width:2.6}
        rect{stroke-width:1.3}
        rect.way,rect.proof,rect.goal{stroke-width:2}
        rect.page{stroke:none}
        .n{font-weight:700}
        """;

    private const string Light = """
        .page{fill:#ffffff}text{fill:#1f2328}text.m{fill:#59636e}
        .e path{stroke:#b1bac4}.w path{stroke:#0969da}
        rect.node{fill:#f6f8fa;stroke:#b1bac4}rect.leaf{fill:#ffffff;stroke:#8c959f}
        rect.way{fill:#ddf4ff;stroke:#0969da}rect.goal{fill:#0969da;stroke:#0969da}rect.proof{fill:#fff1c9;stroke:#bf8700}
        text.goal{fill:#ffffff}path.fold{fill:#eaeef2;stroke:#b1bac4}
        .badge{fill:#9a6700;stroke:#ffffff}text.n{fill:#ffffff}
        """;

    private const string Dark = """
        .page{fill:#0d1117}text{fill:#e6edf3}text.m{fill:#9198a1}
        .e path{stroke:#474e58}.w path{stroke:#4493f8}
        rect.node{fill:#161b22;stroke:#474e58}rect.leaf{fill:#0d1117;stroke:#656c76}
        rect.way{fill:#0c2d5e;stroke:#4493f8}rect.goal{fill:#1f6feb;stroke:#79b8ff}rect.proof{fill:#3a2a04;stroke:#d29922}
        text.goal{fill:#ffffff}path.fold{fill:#1c2128;stroke:#474e58}
        .badge{fill:#e3b341;stroke:#0d1117}text.n{fill:#0d1117}
        """;

    /// <summary>The rules of a theme.</summary>
    public static string RulesOf(Theme theme) =>
        theme switch
        {
            Theme.Light => $"{Shared}\n{Light}",
            Theme.Dark => $"{Shared}\n{Dark}",
            _ => $"{Shared}\n{Light}\n@media (prefers-color-scheme:dark){{\n{Dark}\n}}",
        };
}
