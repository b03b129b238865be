using System.Text.RegularExpressions;
using Tessrax.Canonical;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary>What is proposed to be typed can be typed: each command goes through a real shell, in a place whose name is full of what shells act on.</summary>
public sealed partial class ProposedCommandTests : IDisposable
{
    // A shell that takes any of it for its own runs something else, or finds no such file.
    private const string Place = "sp ace/it's $(touch ran); `touch ran` \"x\"";

    private readonly LedgerHome home = new LedgerHome().WithClaims();
    private readonly string ledger;

    public ProposedCommandTests()
    {
        ledger = Path.Combine(Place, "ledger");
        Directory.CreateDirectory(home.Ctl.PathOf(Place));
        Directory.Move(home.Path, home.Ctl.PathOf(ledger));
    }

    public void Dispose()
    {
        Directory.Move(home.Ctl.PathOf(ledger), home.Path);
        home.Dispose();
    }

    [Fact]
    public void What_the_doctor_says_to_do_mends_what_it_found()
    {
        File.Delete(home.Ctl.PathOf(ledger, "checkpoint"));
        File.WriteAllText(home.Ctl.PathOf(ledger, "segments", ".0000000009.seg.tmp"), "");
        string key = home.Ctl.PathOf(ledger, "keys", "log.key");
        File.SetUnixFileMode(key, File.GetUnixFileMode(key) | UnixFileMode.OtherRead);
        JsonValue found = JsonValue.Parse(home.Ctl.Run("doctor", ledger, "--json").Bytes);
        string[] remedies = [.. found["faults"]!.Items.ToArray().Select(static fault => fault["remedy"]!.AsString())];
        Assert.Equal(3, remedies.Length);

        foreach (string remedy in remedies)
        {
            CtlResult done = Typed(remedy, real: true);
            Assert.True(done.ExitCode == 0, $"{remedy}: {done.Text}{done.Error}");
        }

        CtlResult after = home.Ctl.Must("doctor", ledger);
        Assert.Contains("healthy", after.Text, StringComparison.Ordinal);
        Assert.Equal(0, JsonValue.Parse(home.Ctl.Must("doctor", ledger, "--json").Bytes)["faults"]!.Items.Length);
    }

    [Fact]
    public void What_comes_next_is_a_command_with_the_words_meant()
    {
        string bundle = Path.Combine(Place, "b.json");
        Assert.Equal(["verify", bundle, "--trust", "TRUST"], Next(home.Ctl.Must("prove", ledger, "0", "-o", bundle)));
        string claims = Path.Combine(Place, "c.jsonl");
        home.Ctl.Write(claims, "");
        CtlResult made = home.Ctl.Must(
            "init",
            Path.Combine(Place, "new"),
            "--origin",
            "example.com/new",
            "--passphrase-file",
            home.Ctl.Write("secret", "long enough a secret\n")
        );
        Assert.Equal(["ingest", Path.Combine(Place, "new"), "CLAIMS.jsonl"], Next(made));
        CtlResult bare = home.Ctl.Must("index", "check", ledger);
        Assert.Equal(["index", "rebuild", ledger], Next(bare));
    }

    [Fact]
    public void No_command_is_proposed_with_a_value_that_is_not_quoted()
    {
        string[] raw =
        [
            .. Directory
                .EnumerateFiles(Path.Combine(Spec.Root, "src"), "*.cs", SearchOption.AllDirectories)
                .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
                .SelectMany(file =>
                    Command()
                        .Matches(File.ReadAllText(file))
                        .Select(match => $"{Path.GetFileName(file)}: {match.Value.Trim()}")
                ),
        ];
        Assert.Empty(raw);
    }

    private string[] Next(CtlResult result)
    {
        string all = result.Text + result.Error;
        int at = all.IndexOf("tessraxctl", StringComparison.Ordinal);
        Assert.True(at >= 0, all);
        return Typed(all[at..all.IndexOf('\n', at)], real: false).Text.Split('\0')[..^1];
    }

    private CtlResult Typed(string command, bool real)
    {
        (string program, string[] first) = Ctl.Program();
        string name = real ? $"'{program}' {string.Join(' ', first)} \"$@\"" : "printf '%s\\0' \"$@\"";
        CtlResult result = home.Ctl.Shell(["-c", "exec sh -c \"$0\"", $"tessraxctl() {{ {name}; }}; {command}"]);
        Assert.False(File.Exists(home.Ctl.PathOf("ran")), command);
        return result;
    }

    // An interpolated text with a verb of ours and a value after it, and not given to what quotes values.
    [GeneratedRegex(
        @"(?<!ShellText\.Of\(\s*)\$""[^""\n]*tessraxctl (?!knows)[a-z]+( [a-z]+)?( --?[a-z-]+)? \{[^""\n]*"""
    )]
    private static partial Regex Command();
}
