using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Tessrax.EndToEnd.Tests;

/// <summary>A headless Chromium that says whether the texts of pictures have room.</summary>
internal static partial class Browser
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    /// <summary>The browser; null if none is there.</summary>
    public static readonly string? Program = Find();

    public static bool IsThere => Program is not null;

    /// <summary>What overlaps or is cut off in SVG pictures, in words.</summary>
    public static string[] FaultsOf(string[] pictures)
    {
        string folder = Directory.CreateTempSubdirectory("tessrax-browser-").FullName;
        try
        {
            string page = Path.Combine(folder, "page.html");
            File.WriteAllText(page, Page(pictures));
            string dom = Run([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--force-prefers-reduced-motion",
                $"--user-data-dir={folder}/profile",
                "--dump-dom",
                $"file://{page}",
            ]);
            Match result = Result().Match(dom);
            Assert.True(
                result.Success,
                $"the browser did not measure the pictures: {dom[..Math.Min(dom.Length, 500)]}"
            );
            return result.Groups[1].Value.Split('|', StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Page(string[] pictures)
    {
        var page = new StringBuilder("<!doctype html><meta charset=utf-8><title>pictures</title><body>");
        foreach (string picture in pictures)
            page.Append("<div>").Append(picture).Append("</div>");
        return page.Append("<script>").Append(Script).Append("</script></body>").ToString();
    }

    // A pixel of tolerance: boxes of glyphs are larger than their ink.
    private const string Script = """
        const faults = [];
        document.querySelectorAll("div > svg").forEach((svg, at) => {
          const page = svg.getBoundingClientRect();
          const texts = [...svg.querySelectorAll("text")].filter(t => t.textContent).map(t => ({ t, b: t.getBoundingClientRect() }));
          const rects = [...svg.querySelectorAll("rect:not(.page)")].map(r => r.getBoundingClientRect());
          for (const { t, b } of texts) {
            if (b.left < page.left || b.right > page.right || b.top < page.top || b.bottom > page.bottom)
              faults.push(`${at}: '${t.textContent}' leaves the picture`);
            const x = (b.left + b.right) / 2, y = (b.top + b.bottom) / 2;
            for (const r of rects)
              if (x > r.left && x < r.right && y > r.top && y < r.bottom && (b.left < r.left || b.right > r.right) && !t.matches(".n"))
                faults.push(`${at}: '${t.textContent}' leaves its box`);
          }
          const seen = texts.filter(({ t }) => getComputedStyle(t).opacity !== "0");
          for (let i = 0; i < seen.length; i++)
            for (let j = i + 1; j < seen.length; j++) {
              const a = seen[i].b, b = seen[j].b;
              if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
                faults.push(`${at}: '${seen[i].t.textContent}' over '${seen[j].t.textContent}'`);
            }
        });
        document.title = `measured ${faults.join("|")} end`;
        """;

    private static string Run(string[] args)
    {
        var info = new ProcessStartInfo(Program!, args) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(info)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        _ = error.Result;
        return output;
    }

    private static string? Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);

    [GeneratedRegex("<title>measured (.*?) end</title>", RegexOptions.Singleline)]
    private static partial Regex Result();
}
