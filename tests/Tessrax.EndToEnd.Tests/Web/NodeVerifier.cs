using System.Diagnostics;
using System.Text;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests.Web;

/// <summary>The verifier of browsers as eng/wasm.sh publishes it, under Node.</summary>
internal static class NodeVerifier
{
    /// <summary>Where it is published.</summary>
    public static readonly string Folder = Path.Combine(Spec.Root, "artifacts", "verifier");

    private static readonly string Script = Path.Combine(
        Spec.Root,
        "tests",
        "Tessrax.EndToEnd.Tests",
        "Web",
        "verifier.mjs"
    );

    /// <summary>Whether it was published.</summary>
    public static bool IsThere => StaticLog.CanMake && File.Exists(Path.Combine(Folder, "engine.js"));

    /// <summary>Skips the test where it was not published.</summary>
    public static void MustBeThere() =>
        Assert.SkipUnless(
            IsThere,
            "the verifier for browsers is not published; eng/wasm.sh does it, with npm and node"
        );

    /// <summary>A line for <see cref="Ask"/>: a call and its parts.</summary>
    public static string Question(string call, params byte[][] parts) =>
        string.Join(' ', [call, .. parts.Select(p => p.Length == 0 ? "-" : Convert.ToBase64String(p))]);

    /// <summary>The answer to each question, in order. How long they took goes to the test's output.</summary>
    public static string[] Ask(IReadOnlyList<string> questions)
    {
        var info = new ProcessStartInfo("node", [Script, Folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        using Process node = Process.Start(info)!;
        Task<string> error = node.StandardError.ReadToEndAsync();
        Task<string> output = node.StandardOutput.ReadToEndAsync();
        foreach (string question in questions)
            node.StandardInput.WriteLine(question);
        node.StandardInput.Close();
        node.WaitForExit();
        Assert.True(node.ExitCode == 0, $"node ended with {node.ExitCode}\n{error.Result}\n{output.Result}");
        string[] lines = output.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(questions.Count + 1, lines.Length);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{questions.Count} answers; milliseconds to start and to answer: {lines[^1]}"
        );
        return lines[..^1];
    }
}
