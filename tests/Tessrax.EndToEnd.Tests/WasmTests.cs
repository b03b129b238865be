using System.Diagnostics;
using Tessrax.Tests;
using Tessrax.Tests.Wasm;

namespace Tessrax.EndToEnd.Tests;

/// <summary>The engine in .NET on WebAssembly, under Node, against the same engine here.</summary>
public class WasmTests
{
    private static readonly string Published = Path.Combine(Spec.Root, "artifacts", "wasm", "wwwroot");

    [Fact]
    public void WebAssembly_computes_what_this_machine_computes()
    {
        Assert.SkipUnless(
            File.Exists(Path.Combine(Published, "main.mjs")),
            "not published for WebAssembly; eng/wasm.sh does it"
        );
        string[] there = RunUnderNode();
        string[] here = [.. EngineReport.Lines()];

        // The first line says where it ran: a report of this machine's own must not pass for one of WebAssembly.
        Assert.Equal("runs-on wasm", there[0]);
        Assert.Equal("runs-on native", here[0]);
        // All official vectors of BLAKE3: 35 lengths, three modes.
        Assert.Equal(105, there.Count(line => line.EndsWith(" right", StringComparison.Ordinal)));
        Assert.True(here.Length > 2000, $"only {here.Length} findings");
        for (int i = 1; i < Math.Min(here.Length, there.Length); i++)
            Assert.Equal(here[i], there[i]);
        Assert.Equal(here.Length, there.Length);
    }

    [Fact]
    public void A_program_that_reads_no_phrase_carries_no_list_of_words()
    {
        Assert.SkipUnless(
            File.Exists(Path.Combine(Published, "main.mjs")),
            "not published for WebAssembly; eng/wasm.sh does it"
        );
        string[] engines = Directory.GetFiles(Path.Combine(Published, "_framework"), "Tessrax.*wasm");
        Assert.NotEmpty(engines);
        Assert.All([.. engines, typeof(Keys.Mnemonic).Assembly.Location], HoldsWords);

        void HoldsWords(string file) =>
            Assert.Equal(
                !engines.Contains(file),
                File.ReadAllBytes(file).AsSpan().IndexOf("abandon ability able"u8) >= 0
            );
    }

    private static string[] RunUnderNode()
    {
        var info = new ProcessStartInfo("node", ["main.mjs"])
        {
            WorkingDirectory = Published,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process node = Process.Start(info)!;
        Task<string> error = node.StandardError.ReadToEndAsync();
        string output = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        Assert.True(node.ExitCode == 0, $"node ended with {node.ExitCode}\n{error.Result}");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
