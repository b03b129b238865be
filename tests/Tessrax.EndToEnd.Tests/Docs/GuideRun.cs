using System.Text;
using System.Text.RegularExpressions;
using Tessrax.Docs;
using Tessrax.EndToEnd.Tests.Web;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests.Docs;

/// <summary>Runs the commands of a guide as they stand, one after the other, in a HOME of their own with what a reader has at hand.</summary>
/// <remarks>In comments of a guide, <c>prepared NAME</c> makes a ledger of eight entries with three approvers (their key files open with <c>secret</c>), and
/// <c>serving NAME OPTION...</c> serves one at <c>http://127.0.0.1:8420</c>, in a network of its own.</remarks>
internal sealed partial class GuideRun(LedgerHome prepared) : IDisposable
{
    private const string Prelude = """
        set -eEuo pipefail
        export TESSRAX_PASSPHRASE=secret PATH="$HOME/bin:$PATH"
        prepared() { cp -r ~/prepared/ledger "$1"; cp ~/prepared/*.key .; }
        serving() {
          tessraxd "$@" --urls http://127.0.0.1:8420 >server.log 2>&1 &
          for _ in $(seq 200); do curl -fs http://127.0.0.1:8420/readyz >ready.log && return; sleep 0.05; done
          cat server.log; return 1
        }
        """;

    private readonly Ctl ctl = new();

    public void Dispose() => ctl.Dispose();

    /// <summary>Runs them; gives what went wrong, or an empty text.</summary>
    public string Run(IReadOnlyList<GuideBlock> blocks)
    {
        LedgerTree.Copy(prepared.Ctl.Folder, ctl.PathOf("prepared"));
        foreach (string own in (string[])[".config", ".local"])
            LedgerTree.Copy(prepared.Ctl.PathOf(own), ctl.PathOf(own));
        foreach (string shared in (string[])["samples", "eng", "spec", "tests"])
            Directory.CreateSymbolicLink(ctl.PathOf(shared), Path.Combine(Spec.Root, shared));
        (string program, string[] first) = Ctl.Program();
        Directory.CreateDirectory(ctl.PathOf("bin"));
        Tool("tessraxctl", [program, .. first]);
        Tool("tessraxd", ["dotnet", Path.Combine(Tessraxd.Folder, "tessraxd.dll")]);
        var script = new StringBuilder(Prelude).Append('\n');
        for (int i = 0; i < blocks.Count; i++)
            Append(script, blocks[i], i);
        ctl.Write("guide.sh", script.ToString());
        // Its own network, so that an address in a guide is free; its own processes, so that none outlives it.
        bool isServed = blocks.Any(block => block is { Language: "sh", NotRun: null } && Serving().IsMatch(block.Text));
        string start = isServed
            ? "exec timeout 100 unshare --user --map-root-user --net --pid --fork --kill-child bash -c 'ip link set lo up && exec bash guide.sh'"
            : "exec timeout 100 bash guide.sh";
        CtlResult result = ctl.Shell("-c", start);
        if (result.ExitCode != 0)
            return $"exit code {result.ExitCode} after the last of these lines\n{Tail(result.Text)}\n{Tail(result.Error)}";
        string[] missed =
        [
            .. blocks
                .Select(
                    (block, i) => (block, Said: block.Prints is null ? "" : File.ReadAllText(ctl.PathOf($"out.{i}")))
                )
                .Where(each => each.block.Prints is { } text && !each.Said.Contains(text, StringComparison.Ordinal))
                .Select(each => $"{each.block.Place} does not print '{each.block.Prints}' but\n{each.Said}"),
        ];
        return string.Join('\n', missed);
    }

    private void Append(StringBuilder script, GuideBlock block, int number)
    {
        script.Append($"echo '-- {block.Place}' >&2\n");
        if (block.SavedAs is { } name)
        {
            string source = ctl.Write($"block.{number}", block.Text + "\n");
            script.Append($"cp '{source}' '{name}'\n");
        }
        if (block.Language != "sh" || block.NotRun is not null)
            return;
        if (block.ExitCode != 0)
            script.Append(
                $"code=0\n( set -e\n{block.Text}\n) >out.{number} 2>&1 || code=$?\ncat out.{number}\ntest $code -eq {block.ExitCode}\n"
            );
        else if (block.Prints is not null)
            script.Append(
                $"{{\n{block.Text}\n}} >out.{number} 2>&1 || {{ cat out.{number}; exit 1; }}\ncat out.{number}\n"
            );
        else
            script.Append(block.Text).Append('\n');
    }

    private void Tool(string name, string[] command)
    {
        string path = ctl.Write(
            Path.Combine("bin", name),
            $"#!/bin/sh\nexec {string.Join(' ', command.Select(part => $"'{part}'"))} \"$@\"\n"
        );
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [GeneratedRegex(@"(^|\s)serv(e|ing)\s", RegexOptions.Multiline)]
    private static partial Regex Serving();

    private static string Tail(string text) => text.Length <= 3000 ? text : "…" + text[^3000..];
}
